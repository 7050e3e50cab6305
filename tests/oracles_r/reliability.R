# Cronbach's alpha, McDonald's omega total of one factor, and intraclass correlations (psych).
# Run from this directory: Rscript reliability.R
source("write_golden.R")
suppressPackageStartupMessages(library(psych))

alpha_of <- function(items) suppressWarnings(alpha(items, warnings = FALSE)$total$raw_alpha)

feldt_of <- function(items) {
  found <- suppressWarnings(alpha(items, warnings = FALSE))$feldt
  c(unlist(found$lower.ci), unlist(found$upper.ci))
}

icc_of <- function(table) {
  found <- ICC(table, lmer = FALSE)$results
  row <- found[found$type == "ICC2", ]
  list(icc = row$ICC, f = row$F, low = row[["lower bound"]], high = row[["upper bound"]])
}

omega_of <- function(items) {
  # One factor by maximum likelihood, on covariances: the loadings and the unique variances give omega total.
  fit <- factanal(items, 1)
  sds <- apply(items, 2, sd)
  loading <- as.vector(fit$loadings) * sds
  unique <- fit$uniquenesses * sds^2
  sum(loading)^2 / (sum(loading)^2 + sum(unique))
}

# Of the attitude data of R only results are kept, not the data.
three <- data.frame(a = c(1, 2, 3, 4, 5), b = c(2, 2, 3, 5, 5), c = c(1, 3, 3, 4, 4))

# The table of Shrout and Fleiss (1979): six persons, four judges.
judges <- matrix(c(9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7), ncol = 4, byrow = TRUE)

# Our own: 40 units in 6 months, and six items of one factor.
set.seed(20260104)
months <- matrix(rnorm(240), 40) * 0.6 + rnorm(40) + rep(rnorm(6, 0, 0.3), each = 40)
items <- as.data.frame(outer(rnorm(150), c(0.4, 0.6, 0.8, 1, 0.9, 0.5)) + matrix(rnorm(900), 150))

write_golden(list(
  three = list(items = three, alpha = alpha_of(three), feldt = unname(feldt_of(three))),
  attitude = list(n = nrow(attitude), covariance = unname(cov(attitude)), alpha = alpha_of(attitude), omega = omega_of(attitude)),
  judges = c(list(table = judges), icc_of(judges)),
  own = c(list(table = months), icc_of(months)),
  factor = list(items = items, alpha = alpha_of(items), feldt = unname(feldt_of(items)), omega = omega_of(items))
), "reliability.json", "psych")
