# Differences and ratios from limits (MOVER), adjusted p-values, and the clustered log-rank score (survival).
# Run from this directory: Rscript differences.R
source("write_golden.R")
suppressPackageStartupMessages(library(survival))

score <- function(k, n, level) prop.test(k, n, conf.level = level, correct = FALSE)$conf.int[1:2]

# Newcombe's method 10, and Donner and Zou's ratio, both written out as printed.
pair <- function(k1, n1, k2, n2, level) {
  a <- k1 / n1; b <- k2 / n2
  one <- score(k1, n1, level); two <- score(k2, n2, level)
  low <- (a * b - sqrt((a * b)^2 - one[1] * two[2] * (2 * a - one[1]) * (2 * b - two[2]))) / (two[2] * (2 * b - two[2]))
  high <- (a * b + sqrt((a * b)^2 - one[2] * two[1] * (2 * a - one[2]) * (2 * b - two[1]))) / (two[1] * (2 * b - two[1]))
  list(k1 = k1, n1 = n1, k2 = k2, n2 = n2, level = level,
    difference = a - b,
    low = a - b - sqrt((a - one[1])^2 + (two[2] - b)^2), high = a - b + sqrt((one[2] - a)^2 + (b - two[1])^2),
    ratio_low = low, ratio_high = high)
}

set.seed(20260103)
n1 <- sample(20:400, 40, replace = TRUE)
n2 <- sample(20:400, 40, replace = TRUE)
k1 <- pmax(1, rbinom(40, n1, runif(40, 0.1, 0.9)))
k2 <- pmax(1, rbinom(40, n2, runif(40, 0.1, 0.9)))
many <- do.call(rbind, lapply(1:40, function(i) as.data.frame(pair(k1[i], n1[i], k2[i], n2[i], c(0.95, 0.9)[1 + i %% 2]))))

p <- c(runif(60)^3, 1e-7, 0.05, 0.05, 1)

# 240 waits of 90 persons, 24 of them in both groups; minutes rounded so that many are tied.
id <- sample(90, 240, replace = TRUE)
first <- ifelse(id <= 25, 1, ifelse(id <= 50, 0, rbinom(240, 1, 0.5)))
wait <- round(rexp(240, ifelse(first == 1, 1.3, 1) * rgamma(90, 3, 3)[id]) * 100)
watched <- round(runif(240, 40, 300))
waits <- data.frame(time = pmax(pmin(wait, watched), 1), status = as.integer(wait <= watched), id = id, first = first)
plain <- survdiff(Surv(time, status) ~ first, data = waits)
clustered <- coxph(Surv(time, status) ~ first, data = waits, cluster = id, ties = "breslow", init = 0, iter.max = 0)

write_golden(list(
  worked = list(at_95 = pair(60, 100, 30, 60, 0.95), at_90 = pair(60, 100, 30, 60, 0.9)),
  many = many,
  p = p, bh = p.adjust(p, "BH"), holm = p.adjust(p, "holm"),
  waits = waits, observed = plain$obs[2], expected = plain$exp[2], robust_score = clustered$rscore
), "differences.json", "survival")
