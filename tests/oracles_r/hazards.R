# Cox's model with Efron's ties, strata and errors robust to clusters, and the test of proportional hazards (survival).
# Run from this directory: Rscript hazards.R
source("write_golden.R")
suppressPackageStartupMessages(library(survival))

# The robust test of proportionality has no twin in R; `plain` is the fit whose test is compared.
describe <- function(formula, plain, data) {
  control <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 60)
  # cox.zph looks the data up again by name, so they go in as they are.
  fit <- do.call(coxph, list(formula, data = data, ties = "efron", cluster = data$id, control = control))
  alone <- do.call(coxph, list(plain, data = data, ties = "efron", control = control))
  list(
    coefficient = unname(coef(fit)), robust_se = unname(sqrt(diag(fit$var))), se = unname(sqrt(diag(alone$var))),
    log_likelihood = fit$loglik[2], log_likelihood_null = fit$loglik[1], n = fit$n, n_events = fit$nevent,
    proportionality = zph(alone)
  )
}

zph <- function(fit) {
  by_column <- cox.zph(fit, transform = "km", terms = FALSE)
  by_term <- cox.zph(fit, transform = "km", terms = TRUE)
  table <- function(test) {
    list(term = rownames(test$table), statistic = test$table[, 1], df = test$table[, 2], p = test$table[, 3])
  }
  ordered <- order(by_column$time)
  list(columns = table(by_column), terms = table(by_term), residual_time = by_column$time[ordered],
       residuals = unname(by_column$y[ordered, ]))
}

four <- data.frame(time = 1:4, event = 1, x = c(1, 0, 1, 0), id = 1:4)
eight <- data.frame(
  time = c(5, 12, 3, 20, 8, 15, 30, 2), event = c(1, 1, 1, 0, 1, 1, 0, 1), x = c(1, 0, 1, 0, 0, 1, 0, 1),
  id = c(1, 1, 2, 2, 3, 3, 4, 4)
)

# Our own: 500 waits of 120 persons with four organizations, minutes rounded so that many are tied; one organization
# answers late (waits censored before its first event), one hazard ratio fades with time, one covariate has three bands.
set.seed(20260104)
id <- sort(sample(120, 500, replace = TRUE))
unit <- sample(4, 500, replace = TRUE, c(5, 3, 2, 1))
question <- rbinom(500, 1, 0.4)
words <- round(rnorm(500, 2, 0.7), 2)
band <- sample(c("morning", "evening", "night"), 500, replace = TRUE)
evening <- as.integer(band == "evening")
night <- as.integer(band == "night")
eager <- rgamma(120, 3, 3)[id]
rate <- eager * exp(0.8 * question - 0.3 * words - 0.5 * night) / c(20, 40, 80, 60)[unit]
wait <- round((rexp(500) / rate)^ifelse(question == 1, 0.7, 1)) + c(1, 1, 1, 40)[unit]
watched <- round(runif(500, 5, 300))
own <- data.frame(
  time = pmin(wait, watched), event = as.integer(wait <= watched), id = id, unit = unit, question = question,
  words = words, evening = evening, night = night
)
shown <- transform(own, band = factor(band, c("morning", "evening", "night")))

# Of the lung data of the survival package only times and status are kept, for a published median.
lung_fit <- survfit(Surv(time, status == 2) ~ 1, data = lung)
print_median <- summary(lung_fit)$table

write_golden(list(
  four = c(list(data = four), describe(Surv(time, event) ~ x, Surv(time, event) ~ x, four)),
  eight = c(list(data = eight), describe(Surv(time, event) ~ x, Surv(time, event) ~ x, eight),
    list(logrank = survdiff(Surv(time, event) ~ x, data = eight)$chisq)),
  own = c(list(data = own),
    describe(Surv(time, event) ~ question + words + evening + night + strata(unit),
      Surv(time, event) ~ question + words + band + strata(unit), shown)),
  own_unstratified = describe(Surv(time, event) ~ question + words + evening + night,
    Surv(time, event) ~ question + words + band, shown),
  lung = list(
    time = lung$time, event = as.integer(lung$status == 2), n = unname(print_median["records"]),
    n_events = unname(print_median["events"]), median = unname(print_median["median"]),
    low = unname(print_median["0.95LCL"]), high = unname(print_median["0.95UCL"])
  )
), "hazards.json", "survival")
