# Kaplan-Meier with log-log limits, quantiles, restricted mean, cluster-robust errors, log-rank test (survival).
# Run from this directory: Rscript survival.R
source("write_golden.R")
suppressPackageStartupMessages(library(survival))

describe <- function(data, tau) {
  fit <- survfit(Surv(time, status) ~ 1, data = data, conf.type = "log-log")
  robust <- survfit(Surv(time, status) ~ 1, data = data, conf.type = "log-log", cluster = id, robust = TRUE)
  tab <- summary(fit)
  quantiles <- quantile(fit, c(0.1, 0.25, 0.5, 0.75, 0.9))
  mean_row <- survival:::survmean(fit, rmean = tau)$matrix
  list(
    time = tab$time, n_risk = tab$n.risk, n_event = tab$n.event, survival = tab$surv, se = tab$std.err,
    low = tab$lower, high = tab$upper, robust_se = summary(robust)$std.err,
    quantile = unname(quantiles$quantile), quantile_low = unname(quantiles$lower), quantile_high = unname(quantiles$upper),
    tau = tau, rmst = unname(mean_row["rmean"]), rmst_se = unname(mean_row["se(rmean)"])
  )
}

test <- function(data, formula) {
  fit <- survdiff(formula, data = data)
  list(chisq = fit$chisq, df = length(fit$n) - 1, observed = as.vector(fit$obs), expected = as.vector(fit$exp))
}

five <- data.frame(time = c(5, 10, 15, 30, 60), status = c(1, 0, 1, 1, 0), id = c(1, 1, 2, 2, 3))

# Our own: 300 waits of 70 persons in three groups, minutes rounded so that many are tied.
set.seed(20260102)
id <- sort(sample(70, 300, replace = TRUE))
group <- (id %% 3) + 1
patience <- rgamma(70, 2, 2)[id]
wait <- round(rexp(300, patience * c(1, 1.4, 0.8)[group]) * 120)
watched <- round(runif(300, 30, 400))
own <- data.frame(time = pmax(pmin(wait, watched), 1), status = as.integer(wait <= watched), id = id, group = group)

# The lung data of the survival package: only results are kept, not the data.
lung_event <- data.frame(time = lung$time, status = lung$status - 1, sex = lung$sex)
lung_fit <- survfit(Surv(time, status) ~ 1, data = lung_event, conf.type = "log-log")
lung_default <- survfit(Surv(time, status) ~ 1, data = lung_event)
lung_mean <- survival:::survmean(lung_fit, rmean = 500)$matrix

write_golden(list(
  five = c(list(data = five), describe(five, 60)),
  own = c(list(data = own), describe(own, 240), list(
    two_groups = test(subset(own, group < 3), Surv(time, status) ~ group),
    three_groups = test(own, Surv(time, status) ~ group)
  )),
  lung = list(
    n = nrow(lung_event), events = sum(lung_event$status),
    median = unname(quantile(lung_fit, 0.5)$quantile),
    median_low = unname(quantile(lung_fit, 0.5)$lower), median_high = unname(quantile(lung_fit, 0.5)$upper),
    median_low_log = unname(quantile(lung_default, 0.5)$lower), median_high_log = unname(quantile(lung_default, 0.5)$upper),
    at_365 = unlist(summary(lung_fit, times = 365)[c("surv", "std.err", "lower", "upper")]),
    rmst_500 = unname(lung_mean["rmean"]), rmst_500_se = unname(lung_mean["se(rmean)"]),
    sex = test(lung_event, Surv(time, status) ~ sex)
  )
), "survival.json", "survival")
