# Cumulative incidence with errors robust to clusters (survival), and Gray's test between groups (cmprsk).
# Run from this directory: Rscript incidence.R
source("write_golden.R")
suppressPackageStartupMessages({
  library(survival)
  library(cmprsk)
})

# survfit leaves `cluster` out of account where there are several states, so its influences are added up by hand.
describe <- function(data) {
  state <- factor(data$cause, 0:max(data$cause))
  fit <- survfit(Surv(data$time, state) ~ 1, id = seq_along(data$time), influence = TRUE)
  ended <- rowSums(fit$n.event[, -1, drop = FALSE]) > 0
  by_cluster <- apply(fit$influence.pstate[, -1, -1], 3, function(effects) sqrt(colSums(rowsum(effects, data$id)^2)))
  list(
    time = fit$time[ended], waiting = fit$pstate[ended, 1], incidence = fit$pstate[ended, -1],
    se = by_cluster[ended, ], plain_se = fit$std.err[ended, -1], n_risk = fit$n.risk[ended, 1]
  )
}

gray <- function(data) {
  tests <- cuminc(data$time, data$cause, data$group)$Tests
  list(cause = as.integer(rownames(tests)), statistic = tests[, "stat"], df = tests[, "df"], p = tests[, "pv"])
}

five <- data.frame(time = 1:5, cause = c(1, 2, 0, 1, 2), id = c(1, 1, 2, 2, 3))

# Our own: 400 waits of 90 persons in four unequal groups, whole minutes so that many are tied, also across causes;
# the first group is watched for a short time only.
set.seed(20260103)
id <- sort(sample(90, 400, replace = TRUE))
group <- c(1, 2, 2, 3, 3, 3, 4, 4, 4)[id %% 9 + 1]
eager <- rgamma(90, 3, 3)[id]
wait <- round(rexp(400, eager * c(1, 1.3, 0.8, 1)[group]) * 60)
cause <- 1 + rbinom(400, 2, c(0.2, 0.4, 0.5, 0.35)[group])
watched <- round(runif(400, 20, ifelse(group == 1, 60, 300)))
own <- data.frame(
  time = pmax(pmin(wait, watched), 1), cause = ifelse(wait <= watched, cause, 0), id = id, group = group
)

write_golden(list(
  five = c(list(data = five), describe(five)),
  own = c(list(data = own), describe(own), list(
    two_groups = gray(subset(own, group %in% c(2, 4))), four_groups = gray(own)
  ))
), "incidence.json", c("survival", "cmprsk"))
