# Reliability by psych, lavaan and stats on answers.csv; writes reliability.json beside it. Run in this folder: Rscript reliability.R
suppressMessages({library(psych); library(lavaan); library(jsonlite)})
answers <- read.csv("answers.csv")
blocks <- c("two", "three", "yes", "skewed")

omega <- function(x, weights = NULL) {
  if (ncol(x) < 3) return(NULL)
  model <- paste("factor =~", paste(names(x), collapse = " + "))
  if (is.null(weights)) fit <- cfa(model, x, std.lv = TRUE)
  else fit <- cfa(model, cbind(x, weight = weights), std.lv = TRUE, estimator = "MLR", sampling.weights = "weight")
  found <- lavInspect(fit, "est")
  sum(found$lambda)^2 / (sum(found$lambda)^2 + sum(diag(found$theta)))
}

one <- function(block) {
  x <- answers[grepl(paste0("^", block), names(answers))]
  if (block == "skewed") x$skewed5 <- 6 - x$skewed5
  complete <- complete.cases(x)
  whole <- x[complete, ]
  weights <- answers$weight[complete]
  pairwise <- suppressWarnings(psych::alpha(x, warnings = FALSE))
  listwise <- suppressWarnings(psych::alpha(whole, warnings = FALSE))
  weighted <- cov.wt(whole, wt = weights)$cov
  by_weight <- suppressWarnings(psych::alpha(weighted, warnings = FALSE))
  # Weights are tenths: a person counts as often as their weight has tenths. psych's argument weight gives other values.
  kinds <- suppressWarnings(suppressMessages(list(
    listwise = polychoric(whole, correct = 0), pairwise = polychoric(x, correct = 0),
    weighted = polychoric(whole[rep(seq_len(nrow(whole)), round(10 * weights)), ], correct = 0))))
  list(
    n = nrow(whole), k = ncol(x),
    listwise = list(alpha = listwise$total$raw_alpha, alpha_std = listwise$total$std.alpha, mean_r = listwise$total$average_r,
      feldt = if (ncol(x) > 2) unlist(listwise$feldt[c("lower.ci", "upper.ci")]),
      item_rest = listwise$item.stats$r.drop, alpha_if_dropped = if (ncol(x) > 2) listwise$alpha.drop$raw_alpha,
      omega = omega(whole), polychoric = kinds$listwise$rho[lower.tri(kinds$listwise$rho)]),
    pairwise = list(alpha = pairwise$total$raw_alpha, alpha_std = pairwise$total$std.alpha, mean_r = pairwise$total$average_r,
      item_rest = pairwise$item.stats$r.drop, alpha_if_dropped = if (ncol(x) > 2) pairwise$alpha.drop$raw_alpha,
      polychoric = kinds$pairwise$rho[lower.tri(kinds$pairwise$rho)]),
    weighted = list(alpha = by_weight$total$raw_alpha, alpha_std = by_weight$total$std.alpha,
      mean_r = by_weight$total$average_r, alpha_if_dropped = if (ncol(x) > 2) by_weight$alpha.drop$raw_alpha,
      omega = omega(whole, weights), polychoric = kinds$weighted$rho[lower.tri(kinds$weighted$rho)]))
}

found <- setNames(lapply(blocks, one), blocks)
found$versions <- list(R = as.character(getRversion()), psych = as.character(packageVersion("psych")),
  lavaan = as.character(packageVersion("lavaan")))
write(toJSON(found, digits = 12, auto_unbox = TRUE, null = "null", pretty = TRUE), "reliability.json")
