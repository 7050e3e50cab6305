# Regressions robust to clusters and to memory in time (geepack, MASS, sandwich).
# Run from this directory: Rscript models.R
source("write_golden.R")
suppressPackageStartupMessages({library(geepack); library(MASS); library(sandwich)})

rows <- function(fit, covariance) list(coefficient = unname(coef(fit)), se = unname(sqrt(diag(covariance))))

gee <- function(formula, data) {
  fit <- geeglm(formula, binomial, data = data, id = id, corstr = "exchangeable",
                control = geese.control(epsilon = 1e-12, maxit = 500))
  c(rows(fit, vcov(fit)), list(correlation = unname(fit$geese$alpha)))
}
clustered <- function(fit, id) rows(fit, vcovCL(fit, cluster = id, type = "HC1", cadjust = TRUE))
counts <- function(formula, data) {
  fit <- glm.nb(formula, data = data, control = glm.control(epsilon = 1e-13, maxit = 500))
  c(clustered(fit, data$id), list(theta = fit$theta, model_se = unname(sqrt(diag(vcov(fit))))))
}

six_pairs <- data.frame(y = c(1, 1, 0, 1, 0, 0, 1, 1, 1, 1, 0, 1), x1 = rep(0:1, 6), id = rep(1:6, each = 2))
shares <- data.frame(y = c(0, 1, 2, 3, 5, 8, 0, 1, 1, 2, 4, 12), x1 = rep(0:1, each = 6), id = 1:12)
step <- data.frame(y = c(1, 2.5, 2.8, 4.2, 10.1, 11, 11.8, 13.3), x1 = 1:8, x2 = as.numeric(1:8 >= 5), x3 = pmax(1:8 - 5, 0))

# Our own: 600 rows of 90 clusters of very different size, rounded so that the JSON holds exactly what was fitted.
set.seed(20260103)
id <- sort(sample(90, 600, replace = TRUE, prob = rexp(90)))
n <- length(id)
own <- data.frame(id = as.integer(factor(id)), x1 = round(rnorm(90, 3, 1)[id], 3), x2 = rbinom(n, 1, 0.3), x3 = round(rnorm(n), 3))
shared <- rnorm(90)[id]
own$answered <- rbinom(n, 1, plogis(-1.5 + 0.4 * own$x1 - 0.6 * own$x2 + shared))
own$exposure <- round(exp(rnorm(n, 2, 0.7)), 2)
own$shares <- rnbinom(n, mu = own$exposure * exp(-1 + 0.3 * own$x1 - 0.5 * own$x2), size = 1.4)
own$score <- round(1 + 0.5 * own$x1 - own$x3 + shared + rnorm(n), 3)

series <- data.frame(x1 = 1:200, x2 = as.numeric(1:200 > 120))
series$y <- round(as.numeric(arima.sim(list(ar = 0.6), 200)) + 0.02 * series$x1 - 1.5 * series$x2, 4)
lag <- floor(4 * (200 / 100)^(2 / 9))

memory <- function(formula, data, lag) {
  fit <- lm(formula, data)
  c(rows(fit, NeweyWest(fit, lag = lag, prewhite = FALSE, adjust = FALSE)), list(lag = lag))
}

write_golden(list(
  six_pairs = c(list(data = six_pairs), list(gee = gee(y ~ x1, six_pairs),
    logit = clustered(glm(y ~ x1, binomial, six_pairs, epsilon = 1e-14), six_pairs$id))),
  shares = c(list(data = shares), counts(y ~ x1, shares)),
  step = c(list(data = step), memory(y ~ x1 + x2 + x3, step, 2)),
  own = list(
    data = own,
    gee = gee(answered ~ x1 + x2 + x3, own),
    logit = clustered(glm(answered ~ x1 + x2 + x3, binomial, own, epsilon = 1e-14), own$id),
    ols = clustered(lm(score ~ x1 + x2 + x3, own), own$id),
    counts = counts(shares ~ x1 + x2 + x3 + offset(log(exposure)), own)
  ),
  series = c(list(data = series), memory(y ~ x1 + x2, series, lag))
), "models.json", c("geepack", "MASS", "sandwich"))
