# Values of tests/test_comparison_functions.py, from R 4.2.2 with metafor 3.8-1 and survey 4.1-1: Rscript reference.R
suppressMessages({library(metafor); library(survey); library(jsonlite)})
options(digits = 15)

# Partial pooling: five means with known sampling variances; and three that hardly differ (spread of nought).
pool <- function(y, v) {
  fit <- rma(yi = y, vi = v, method = "REML", control = list(threshold = 1e-14, maxiter = 10000))
  shrunk <- blup(fit)
  # Full Bayes, flat on mean and spread, by R's own integrate().
  likelihood <- Vectorize(function(tau) { p <- 1 / (v + tau^2); mu <- sum(p * y) / sum(p)
    exp(0.5 * sum(log(p)) - 0.5 * log(sum(p)) - 0.5 * sum(p * (y - mu)^2)) })
  total <- integrate(likelihood, 0, Inf, rel.tol = 1e-10, subdivisions = 2000)$value
  given <- function(i, tau) { p <- 1 / (v + tau^2); mu <- sum(p * y) / sum(p); b <- v[i] * p[i]
    c((1 - b) * y[i] + b * mu, sqrt(v[i] * (1 - b) + b^2 / sum(p))) }
  mean_of <- sapply(seq_along(y), function(i) integrate(Vectorize(function(tau) likelihood(tau) * given(i, tau)[1]), 0, Inf, rel.tol = 1e-10, subdivisions = 2000)$value / total)
  quantile_of <- function(i, level) uniroot(function(x) integrate(Vectorize(function(tau) { g <- given(i, tau); likelihood(tau) * pnorm(x, g[1], g[2]) }), 0, Inf, rel.tol = 1e-10, subdivisions = 2000)$value / total - level, range(y) + c(-20, 20), tol = 1e-12)$root
  list(y = y, v = v, tau2 = fit$tau2, mu = as.numeric(fit$beta), blup = as.numeric(shrunk$pred), mean = mean_of,
       low = sapply(seq_along(y), quantile_of, level = 0.025), high = sapply(seq_along(y), quantile_of, level = 0.975))
}

# Effect sizes.
a <- c(41, 55, 62, 38, 47, 70, 52, 49, 58, 44, 61); b <- c(35, 48, 52, 40, 31, 57, 44)
g <- escalc(measure = "SMD", m1i = mean(a), sd1i = sd(a), n1i = length(a), m2i = mean(b), sd2i = sd(b), n2i = length(b))
h <- escalc(measure = "AS", ai = 18, n1i = 60, ci = 22, n2i = 45)

# Equivalence: two Welch tests. Both samples are symmetric around their means, where our interval is Welch's.
x <- c(50 - c(12, 9, 5, 2), 50 + c(12, 9, 5, 2)); z <- c(51 - c(15, 8, 7, 3, 1), 51 + c(15, 8, 7, 3, 1))
tost <- function(m) max(t.test(x, z, alternative = "greater", mu = -m)$p.value, t.test(x, z, alternative = "less", mu = m)$p.value)
interval <- as.numeric(t.test(x, z, conf.level = 0.90)$conf.int)

# Standardisation: two groups, three cells; the standard is the mean of both compositions.
set.seed(20261123)
people <- data.frame(group = rep(c("A", "B"), c(60, 45)),
  cell = c(sample(c("1", "2", "3"), 60, TRUE, c(.5, .3, .2)), sample(c("1", "2", "3"), 45, TRUE, c(.2, .3, .5))))
people$value <- round(50 + 8 * (people$cell == "2") + 15 * (people$cell == "3") + 3 * (people$group == "B") + rnorm(105, sd = 12), 1)
shares <- prop.table(table(people$group, people$cell), 1); target <- colMeans(shares)
design <- svydesign(~1, data = people, weights = ~1)
standard <- svystandardize(design, by = ~cell, over = ~group, population = as.numeric(target))
means <- svyby(~value, ~group, standard, svymean)
# Within cells, as the standardised mean of a stratified sample.
people$weight <- target[people$cell] / table(people$group, people$cell)[cbind(people$group, people$cell)]
within <- sapply(c("A", "B"), function(one) SE(svymean(~value, svydesign(~1, strata = ~cell, weights = ~weight, data = people[people$group == one, ]))))

write_json(list(pool = pool(c(50, 52, 49, 58, 51), c(1.2, 1.5, 1.1, 1.6, 1.3)), flat = pool(c(50, 50.4, 50.1, 49.8), c(1.2, 1.5, 1.1, 1.6)),
  g = list(a = a, b = b, yi = as.numeric(g$yi), vi = as.numeric(g$vi)), h = list(yi = as.numeric(h$yi), vi = as.numeric(h$vi)),
  tost = list(x = x, z = z, margins = c(2, 8, 15), p = sapply(c(2, 8, 15), tost), interval = interval),
  standard = list(people = people[c("group", "cell", "value")], target = as.numeric(target), means = means$value, se_poststratified = as.numeric(SE(means)), se_within = as.numeric(within))),
  "reference.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
