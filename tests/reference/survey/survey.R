# Weights and estimates by an outside program: the survey package (4.1-1 under R 4.2.2).
# answers.csv: 240 rows of random answers (numpy default_rng(20261123)), clusters within strata; no person, no country.
# Run in this folder: Rscript survey.R
suppressMessages(library(survey))
library(jsonlite)
d <- read.csv("answers.csv")
d$old <- as.integer(d$age == "old")
design <- svydesign(~cluster, strata = ~stratum, weights = ~weight, fpc = ~fpc, data = d, nest = TRUE)
one <- function(x, deff = NULL) c(coef(x)[[1]], SE(x)[[1]], deff)
known <- subset(design, !is.na(income))
sex <- data.frame(sex = c("f", "m"), Freq = c(3000, 2300))
age <- data.frame(age = c("young", "middle", "old"), Freq = c(2000, 2100, 1200))
field <- data.frame(field = c("image", "stage", "text"), Freq = c(1900, 1800, 1600))
raked <- rake(design, list(~sex, ~age, ~field), list(sex, age, field), control = list(maxit = 500, epsilon = 1e-10))
crossed <- data.frame(sex = rep(c("f", "m"), each = 3), age = rep(c("young", "middle", "old"), 2),
                      Freq = c(1200, 1200, 600, 900, 900, 500))
post <- postStratify(design, ~sex + age, crossed)
totals <- c(`(Intercept)` = 5300, sexm = 2300, hours = 172000)
cal <- function(...) calibrate(design, ~sex + hours, totals, epsilon = 1e-12, ...)
linear <- cal()
quantiles <- function(rule, interval, x = ~income) {
  do.call(rbind, lapply(c(.1, .5, .9), function(p)
    as.vector(svyquantile(x, known, p, qrule = rule, interval.type = interval)[[1]])))
}
# domains: estimate and standard error by code, the codes in alphabetical order
by <- function(x, f, ...) { s <- svyby(x, ~age, known, f, ...); cbind(coef(s), as.vector(SE(s))) }
domain_quantiles <- do.call(rbind, lapply(sort(unique(d$age)), function(a)
  as.vector(svyquantile(~income, subset(known, age == a), .5, qrule = "math", interval.type = "mean")[[1]])))
# one primary unit of a stratum is left, by each rule for it
few <- d[!(d$stratum == d$stratum[1] & d$cluster != d$cluster[1]), ]
lonely <- sapply(c("adjust", "remove", "average"), function(rule) {
  options(survey.lonely.psu = rule)
  SE(svymean(~hours, svydesign(~cluster, strata = ~stratum, weights = ~weight, data = few, nest = TRUE)))[[1]]
})
options(survey.lonely.psu = "fail")
chi <- function(f) { s <- svychisq(f, design); c(s$statistic[[1]], s$parameter[[1]], s$parameter[[2]], s$p.value[[1]]) }
regression <- svyglm(income ~ hours + member + sex, known)
# after raking: a domain, a quantile, a regression and a test of association
domain <- svyby(~income, ~old, raked, svymean, na.rm = TRUE)
after <- list(domain = cbind(coef(domain), SE(domain)),
  quantile = as.vector(svyquantile(~income, raked, .5, na.rm = TRUE, qrule = "math", interval.type = "mean")[[1]]),
  regression = unname(summary(svyglm(income ~ hours + member, raked))$coefficients),
  association = { s <- svychisq(~member + age, raked); c(s$statistic[[1]], s$parameter[[1]], s$parameter[[2]], s$p.value[[1]]) })
simple <- svydesign(~1, data = d, fpc = ~rep(5000, 240))
rs <- svymean(~hours, simple, deff = TRUE)
m <- svymean(~income, known, deff = TRUE)
t <- svytotal(~income, known, deff = TRUE)
w <- list(rake = weights(raked), poststratify = weights(post), linear = weights(linear),
  raking = weights(cal(calfun = "raking")), logit = weights(cal(calfun = "logit", bounds = c(.6, 1.8))),
  bounded = weights(cal(calfun = "linear", bounds = c(.85, 1.15))),
  trim = weights(trimWeights(design, lower = 9, upper = 35, strict = TRUE)))
estimates <- list(mean = one(m, deff(m)), total = one(t, deff(t)), share = one(svymean(~member, design)),
  ratio = one(svyratio(~income, ~hours, known)), simple = one(rs, deff(rs)),
  poststratified = one(svymean(~hours, post)), linear = one(svymean(~member, linear)),
  quantile_math_mean = quantiles("math", "mean"), quantile_school_mean = quantiles("school", "mean"),
  quantile_hf7_mean = quantiles("hf7", "mean"), quantile_math_xlogit = quantiles("math", "xlogit"),
  quantile_math_beta = quantiles("math", "beta"), quantile_math_asin = quantiles("math", "asin"),
  rules = sapply(paste0("hf", 1:9), function(rule) quantiles(rule, "mean")[, 1]),
  rules_tied = sapply(paste0("hf", 1:9), function(rule) quantiles(rule, "mean", ~round(hours))[, 1]),
  by_mean = by(~income, svymean), by_total = by(~income, svytotal), by_share = by(~member, svymean),
  by_ratio = by(~income, svyratio, denominator = ~hours), by_quantile = domain_quantiles, lonely = lonely,
  after_raking = after, trimmed_mean = one(svymean(~hours, trimWeights(design, lower = 9, upper = 35, strict = TRUE))),
  regression = unname(summary(regression)$coefficients), association = chi(~age + field), two = chi(~sex + member))
write_json(list(weights = w, estimates = estimates), "survey.json", digits = 12, pretty = FALSE)
