# The moving-block bootstrap, closed to a ring or not (boot).
# Run from this directory: Rscript blocks.R
source("write_golden.R")
suppressPackageStartupMessages(library(boot))

set.seed(20260104)
series <- round(as.numeric(arima.sim(list(ar = 0.5), 203)) + rep(c(0, 0, 0, 0, 0, 2, 2), 29), 3)
both <- function(x) c(mean(x), median(x))

spread <- function(ring) {
  drawn <- tsboot(series, both, R = 20000, l = 7, sim = "fixed", endcorr = ring)$t
  list(mean = sd(drawn[, 1]), median = sd(drawn[, 2]))
}

write_golden(list(data = series, ring = spread(TRUE), inside = spread(FALSE)), "blocks.json", "boot")
