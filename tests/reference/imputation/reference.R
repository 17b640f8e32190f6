# Made with R 4.2.2 and mice 3.15.0: Rscript reference.R (in this folder). Writes pooling.json, gaps.csv and mice.json.
suppressMessages({library(mice); library(jsonlite)})

# 1. Rubin's rules with the degrees of freedom of Barnard and Rubin
cases <- list(
  list(q = c(1.02, 0.87, 1.31, 1.10, 0.95), u = c(0.11, 0.12, 0.10, 0.13, 0.11), n = 120, k = 4),
  list(q = c(-3.2, -2.1, -4.8), u = c(0.9, 1.2, 1.1), n = 25, k = 2),
  list(q = c(10.001, 10.002, 9.999, 10.003), u = c(2, 2.1, 1.9, 2.05), n = 1000, k = 1),
  list(q = c(0.21, 0.95, -0.42, 0.63, 1.20, -0.11), u = rep(0.02, 6), n = 60, k = 5),
  list(q = c(0.5, 0.8, 0.4, 0.9), u = c(0.3, 0.2, 0.25, 0.3), n = Inf, k = 1)
)
pooled <- lapply(cases, function(one) {
  p <- pool.scalar(one$q, one$u, n = one$n, k = one$k)
  half <- qt(0.975, p$df) * sqrt(p$t)
  list(q = one$q, u = one$u, freedom = if (is.finite(one$n)) one$n - one$k else -1, estimate = p$qbar, se = sqrt(p$t),
       ci_low = p$qbar - half, ci_high = p$qbar + half, df = p$df, fmi = p$fmi, increase = p$r)
})
write_json(pooled, "pooling.json", digits = 15, auto_unbox = TRUE, pretty = TRUE)

# 2. One frame with gaps that depend on what was answered: strain by load, support, status and age
set.seed(20261123)
n <- 400
age <- round(runif(n, 20, 65))
status <- sample(c("alone", "employed", "several"), n, TRUE, c(.4, .4, .2))
load <- rnorm(n, 50 + 8 * (status == "alone"), 15)
support <- rnorm(n, 60 - 0.3 * (load - 50), 15)
strain <- 20 + 0.5 * load - 0.2 * support + 4 * (status == "several") + rnorm(n, 0, 10)
frame <- data.frame(age, status, load, support, strain)
p <- plogis(-1 + 0.05 * (load - 50))
frame$strain[runif(n) < p] <- NA
frame$support[runif(n) < 0.15] <- NA
frame$status[runif(n) < plogis(-2 + 0.04 * (age - 40))] <- NA
write.csv(frame, "gaps.csv", row.names = FALSE, na = "")
frame$status <- factor(frame$status)
fit <- mice(frame, m = 400, maxit = 10, seed = 1, printFlag = FALSE)   # pmm for numbers, polyreg for status
rows <- summary(pool(with(fit, lm(strain ~ load + support + status + age))))
mean_of <- summary(pool(with(fit, lm(strain ~ 1))))
share <- summary(pool(with(fit, lm(I(status == "alone") ~ 1))))
keep <- function(s) data.frame(term = as.character(s$term), estimate = s$estimate, se = s$std.error, df = s$df)
rows <- rbind(keep(rows), transform(keep(mean_of), term = "mean of strain"), transform(keep(share), term = "share alone"))
write_json(rows, "mice.json", digits = 12, pretty = TRUE)
