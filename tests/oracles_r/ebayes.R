# Beta-binomial distribution of shares over units (VGAM), and the posterior of each unit.
# Run from this directory: Rscript ebayes.R
source("write_golden.R")
suppressPackageStartupMessages(library(VGAM))

fit <- function(k, n) {
  model <- vglm(cbind(k, n - k) ~ 1, betabinomial, epsilon = 1e-13, maxit = 500, trace = FALSE)
  found <- Coef(model)
  size <- 1 / found[["rho"]] - 1
  a <- found[["mu"]] * size
  b <- (1 - found[["mu"]]) * size
  list(
    k = k, n = n, a = a, b = b, log_likelihood = logLik(model),
    mean = (a + k) / (a + b + n), low = qbeta(0.025, a + k, b + n - k), high = qbeta(0.975, a + k, b + n - k)
  )
}

# Our own: 60 units with between 2 and 400 turns.
set.seed(20260103)
n <- round(exp(runif(60, log(2), log(400))))
k <- rbinom(60, n, rbeta(60, 2.2, 1.4))

# Our own: 30 normal values with standard errors; their restricted likelihood is searched directly.
se <- runif(30, 0.2, 1.5)
y <- rnorm(30, rnorm(30, 2, 0.8), se)
restricted <- function(v) {
  w <- 1 / (se^2 + v)
  center <- sum(w * y) / sum(w)
  0.5 * (sum(log(se^2 + v)) + log(sum(w)) + sum(w * (y - center)^2))
}
between <- optimize(restricted, c(0, 10), tol = 1e-13)$minimum
w <- 1 / (se^2 + between)

write_golden(list(
  five = fit(c(8, 45, 1, 30, 12), c(10, 50, 5, 60, 20)),
  own = fit(k, n),
  normal = list(y = y, se = se, between = between, center = sum(w * y) / sum(w))
), "ebayes.json", "VGAM")
