# Ladders that tests/test_invariance.py compares with: Rscript lavaan.R skewed.csv > lavaan.json (lavaan 0.6-14, R 4.2.2).
# skewed.csv: drawn for this purpose; three groups, one factor, five skewed items of five steps; the intercept of i2 is
# higher in group b, the loading of i4 lower in group c.
suppressMessages(library(lavaan))
answers <- read.csv(commandArgs(trailingOnly = TRUE)[1])
model <- "f =~ i1 + i2 + i3 + i4 + i5"
steps <- list(configural = NULL, metric = "loadings", scalar = c("loadings", "intercepts"),
              strict = c("loadings", "intercepts", "residuals"))
let_go <- list("partial metric" = "f=~i4", "partial scalar" = c("f=~i4", "i4~1", "i2~1"))
asked <- list(ML = c("chisq", "df", "pvalue", "cfi", "tli", "rmsea", "srmr"))
asked$MLR <- c(asked$ML, "chisq.scaled", "cfi.scaled", "rmsea.scaled", "cfi.robust", "rmsea.robust")
number <- function(x) ifelse(is.na(x), "null", formatC(x, digits = 12, format = "g"))
object <- function(names, values) paste0("{", paste0("\"", names, "\": ", values, collapse = ", "), "}")

fitted <- function(estimator, equal, partial = "")
  cfa(model, answers, group = "group", std.lv = TRUE, estimator = estimator, meanstructure = TRUE,
      group.equal = if (is.null(equal)) "" else equal, group.partial = partial)

ladder <- function(estimator) {
  fits <- lapply(steps, function(equal) fitted(estimator, equal))
  fits[["partial metric"]] <- fitted(estimator, steps$metric, let_go[["partial metric"]])
  fits[["partial scalar"]] <- fitted(estimator, steps$scalar, let_go[["partial scalar"]])
  earlier <- c(metric = "configural", scalar = "metric", strict = "scalar", "partial metric" = "configural",
               "partial scalar" = "partial metric")
  values <- sapply(names(fits), function(step) {
    found <- fitMeasures(fits[[step]], asked[[estimator]])
    test <- c(NA, NA, NA)
    if (step %in% names(earlier)) {
      lrt <- lavTestLRT(fits[[earlier[step]]], fits[[step]])
      test <- unlist(lrt[2, c("Chisq diff", "Df diff", "Pr(>Chisq)")])
    }
    object(c(gsub(".", "_", names(found), fixed = TRUE), "chisq_diff", "df_diff", "p_diff"), number(c(found, test)))
  })
  object(names(fits), values)
}

# What letting go of one item's equalities in all groups would gain, by lavTestScore.
gains <- function(equal, op) {
  fit <- fitted("ML", equal)
  table <- parTable(fit)
  equalities <- table[table$op == "==", ]
  values <- sapply(paste0("i", 1:5), function(item) {
    rows <- if (op == "=~") table$op == "=~" & table$rhs == item else table$op == "~1" & table$lhs == item
    release <- which(equalities$lhs %in% table$plabel[rows])
    number(lavTestScore(fit, release = release)$test$X2)
  })
  object(paste0("i", 1:5), values)
}

cat(object(c("ML", "MLR", "gains"), c(ladder("ML"), ladder("MLR"),
    object(c("metric", "scalar"), c(gains(steps$metric, "=~"), gains(steps$scalar, "~1"))))), "\n")
