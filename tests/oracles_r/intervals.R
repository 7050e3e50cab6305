# Wilson's interval (prop.test without correction), and the bootstrap of a ratio of sums (boot).
# Run from this directory: Rscript intervals.R
source("write_golden.R")
suppressPackageStartupMessages(library(boot))

cases <- expand.grid(k = c(0, 1, 4, 8, 10), n = c(10, 37, 1000), level = c(0.8, 0.95))
wilson <- t(mapply(function(k, n, level) {
  suppressWarnings(prop.test(k, n, conf.level = level, correct = FALSE)$conf.int)
}, cases$k, cases$n, cases$level))

set.seed(20260101)
m <- 60
den <- rgeom(m, 0.2) + 1
rate <- rbeta(m, 0.8, 3.2)
num <- rbinom(m, den, rate)
clusters <- data.frame(num = num, den = den)
ratio <- function(d, w) sum(d$num * w) / sum(d$den * w)
drawn <- boot(clusters, ratio, R = 50000, stype = "w")
ci <- boot.ci(drawn, type = c("perc", "bca"))
jackknife <- sapply(seq_len(m), function(i) sum(num[-i]) / sum(den[-i]))

write_golden(list(
  wilson = data.frame(cases, low = wilson[, 1], high = wilson[, 2]),
  clusters = clusters,
  ratio = drawn$t0,
  se = sd(drawn$t),
  jackknife_se = sqrt((m - 1) / m * sum((jackknife - drawn$t0)^2)),
  percentile = ci$percent[4:5],
  bca = ci$bca[4:5]
), "intervals.json", "boot")
