# Ordered answers that tests/test_ordered.py compares with: Rscript lavaan.R, in this folder.
# lavaan 0.6-14 and semTools 0.5-6 under R 4.2.2. Writes the answers drawn here and what lavaan finds in them.
suppressMessages({library(lavaan); library(semTools)})
set.seed(20)

draw <- function(groups, n, factors, cuts, load, mean = 0.3, shift = NULL) {
  parts <- lapply(seq_len(groups), function(g) {
    f <- matrix(rnorm(n * factors), n)
    if (factors > 1) f[, 2] <- 0.5 * f[, 1] + sqrt(0.75) * f[, 2]
    f <- f + mean * (g - 1)
    items <- lapply(seq_along(cuts), function(i) {
      own <- cuts[[i]]
      if (!is.null(shift) && g == groups && i %in% shift) own <- own + 0.4
      factor <- if (factors == 1) 1 else 1 + (i > length(cuts) / 2)
      as.integer(cut(load[i] * f[, factor] + sqrt(1 - load[i]^2) * rnorm(n), c(-Inf, own, Inf)))
    })
    setNames(data.frame(g, items), c("group", paste0("i", seq_along(cuts))))
  })
  do.call(rbind, parts)
}

one <- function(k) paste("f =~", paste0("i", seq_len(k), collapse = " + "))
two <- "f =~ i1 + i2 + i3 + i4\nh =~ i5 + i6 + i7 + i8"
cases <- list(
  binary = list(draw(2, 300, 1, as.list(c(-0.4, 0, 0.3, 0.6, -0.2)), c(0.8, 0.7, 0.6, 0.7, 0.5), shift = 2), one(5)),
  three_steps = list(draw(3, 200, 1, rep(list(c(-0.5, 0.6)), 4), c(0.8, 0.7, 0.6, 0.7), shift = 1), one(4)),
  two_factors = list(draw(3, 250, 2, rep(list(c(-0.8, 0, 0.9)), 8), rep(c(0.8, 0.7, 0.6, 0.7), 2), shift = 5), two),
  mixed = list(draw(2, 500, 2, list(0.2, -0.3, c(-0.5, 0.5), c(-0.6, 0.4), c(-1, 0, 1), c(-0.7, 0.1, 0.8), c(-1, 0, 0.7),
    c(-0.9, -0.2, 0.3, 0.8, 1.3)), rep(c(0.8, 0.7, 0.6, 0.7), 2), shift = c(2, 6)), two),
  skewed = list(draw(2, 150, 1, list(c(0.8, 1.4, 1.9), c(0.6, 1.2, 1.7), c(0.5, 1.3, 1.6), c(0.7, 1.1, 1.8)),
    c(0.85, 0.8, 0.7, 0.6), mean = 0.1), one(4)))

steps <- list(configural = "", thresholds = "thresholds", metric = c("thresholds", "loadings"),
  scalar = c("thresholds", "loadings", "intercepts"), strict = c("thresholds", "loadings", "intercepts", "residuals"))
measures <- c("chisq", "df", "pvalue", "cfi", "tli", "rmsea", "srmr", "chisq.scaled", "cfi.scaled", "tli.scaled",
  "rmsea.scaled")
found <- list()
for (name in names(cases)) {
  data <- cases[[name]][[1]]
  items <- names(data)[-1]
  write.csv(data, paste0(name, ".csv"), row.names = FALSE)
  # With items of two steps the steps between configural and scalar are no steps of a ladder.
  own <- if (name %in% c("binary", "mixed")) steps[c("configural", "scalar", "strict")] else steps
  fits <- lapply(own, function(equal) {
    syntax <- measEq.syntax(configural.model = cases[[name]][[2]], data = data, ordered = items,
      parameterization = "theta", ID.fac = "std.lv", ID.cat = "Wu.Estabrook.2016", group = "group", group.equal = equal)
    cfa(as.character(syntax), data = data, group = "group", ordered = items, estimator = "WLSMV",
      parameterization = "theta")
  })
  for (step in names(fits)) {
    values <- as.list(unclass(fitMeasures(fits[[step]], measures)))
    names(values) <- gsub(".", "_", names(values), fixed = TRUE)
    place <- match(step, names(fits))
    if (place > 1 && values$df > fitMeasures(fits[[place - 1]], "df")) {
      test <- lavTestLRT(fits[[place - 1]], fits[[place]])
      values$chisq_diff <- test[2, "Chisq diff"]
      values$df_diff <- test[2, "Df diff"]
      values$p_diff <- test[2, "Pr(>Chisq)"]
    }
    found[[name]][[step]] <- values
  }
  last <- lavInspect(fits[["scalar"]], "est")
  found[[name]]$estimates <- list(
    loadings = rowSums(last[[1]]$lambda), means = unlist(lapply(last, function(part) part$alpha)),
    residuals = unlist(lapply(last, function(part) diag(part$theta))))
}

# What letting off one item does: its thresholds with all that hangs on them, its loading and intercept, its intercept.
let_off <- list(
  list("two_factors", "thresholds", c("h=~i5", "i5~1", "i5|t1", "i5|t2", "i5|t3")),
  list("two_factors", "metric", c("h=~i5", "i5~1")),
  list("two_factors", "scalar", "i5~1"),
  list("mixed", "scalar", c("f=~i2", "i2~1", "i2|t1")),
  list("mixed", "scalar", c("h=~i6", "i6~1")))
found$let_off <- lapply(let_off, function(one) {
  data <- cases[[one[[1]]]][[1]]
  syntax <- measEq.syntax(configural.model = two, data = data, ordered = names(data)[-1], parameterization = "theta",
    ID.fac = "std.lv", ID.cat = "Wu.Estabrook.2016", group = "group", group.equal = steps[[one[[2]]]],
    group.partial = one[[3]])
  fit <- cfa(as.character(syntax), data = data, group = "group", ordered = names(data)[-1], estimator = "WLSMV",
    parameterization = "theta")
  values <- as.list(unclass(fitMeasures(fit, c("chisq", "df", "chisq.scaled"))))
  list(case = one[[1]], step = one[[2]], freed = as.list(one[[3]]), chisq = values$chisq, df = values$df,
    chisq_scaled = values$chisq.scaled)
})
jsonlite::write_json(found, "lavaan.json", auto_unbox = TRUE, digits = 12, pretty = TRUE, null = "null")
