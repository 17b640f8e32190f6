# Shares of variance by REML with lme4: crossed, nested, unbalanced, with a covariate; profile intervals of one level.
suppressMessages({library(lme4); library(jsonlite)})
set.seed(20261123)
n <- 500
org <- sample(1:24, n, TRUE, prob = rexp(24) + .2); country <- (org - 1) %/% 5 + 1
status <- sample(c("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"), n, TRUE)
x <- round(rnorm(n), 3)
y <- round(50 + 2 * x + rnorm(24, sd = 4)[org] + rnorm(5, sd = 3)[country] +
  rnorm(12, sd = 3)[match(status, letters)] + rnorm(n, sd = 10), 3)
d <- data.frame(y, x, org = paste0("o", org), country = paste0("c", country), status)
write.csv(d, "variance.csv", row.names = FALSE, quote = FALSE)
control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5))
shares <- function(formula) {
  v <- as.data.frame(VarCorr(lmer(formula, d, control = control))); s <- v$vcov / sum(v$vcov); names(s) <- v$grp; as.list(s)
}
write_json(list(R = R.version.string, lme4 = as.character(packageVersion("lme4")),
  one = shares(y ~ 1 + (1 | org)),
  nested = shares(y ~ 1 + (1 | country) + (1 | org)),
  crossed = shares(y ~ 1 + (1 | org) + (1 | status)),
  three = shares(y ~ x + (1 | org) + (1 | country) + (1 | status))),
  "variance.json", digits = 12, auto_unbox = TRUE, pretty = TRUE)
