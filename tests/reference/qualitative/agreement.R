# Agreement of coders by another road than ours: every pair of codings of a unit, one by one, and every pair of all codings.
# Rscript tests/reference/qualitative/agreement.R, from the root of the repository; base R only.
here <- "tests/reference/qualitative"
codings <- as.matrix(read.csv(file.path(here, "codings.csv"), na.strings = ""))  # a row a coder, a column a unit

delta <- function(metric, values) {
  counts <- table(factor(values, levels = sort(unique(values))))
  codes <- as.numeric(names(counts))
  function(a, b) {
    if (a == b) return(0)
    switch(metric,
      nominal = 1,
      interval = (a - b)^2,
      ratio = ((a - b) / (a + b))^2,
      ordinal = {
        low <- which(codes == min(a, b)); high <- which(codes == max(a, b))
        (sum(counts[low:high]) - (counts[low] + counts[high]) / 2)^2
      })
  }
}

alpha <- function(table, metric) {
  table <- table[, colSums(!is.na(table)) >= 2]
  values <- table[!is.na(table)]
  far <- delta(metric, values)
  seen <- 0
  for (u in seq_len(ncol(table))) {
    own <- table[!is.na(table[, u]), u]
    for (i in seq_along(own)) for (j in seq_along(own)) if (i != j) seen <- seen + far(own[i], own[j]) / (length(own) - 1)
  }
  all <- 0
  for (i in seq_along(values)) for (j in seq_along(values)) if (i != j) all <- all + far(values[i], values[j])
  unname(1 - (seen / length(values)) / (all / (length(values) * (length(values) - 1))))
}

cohen <- function(one, other) {
  both <- !is.na(one) & !is.na(other)
  codes <- sort(unique(c(one[both], other[both])))
  crossed <- table(factor(one[both], codes), factor(other[both], codes)) / sum(both)
  chance <- sum(rowSums(crossed) * colSums(crossed))
  (sum(diag(crossed)) - chance) / (1 - chance)
}

fleiss <- function(table) {
  table <- table[, colSums(is.na(table)) == 0]
  codes <- sort(unique(c(table)))
  counts <- sapply(codes, function(code) colSums(table == code))
  m <- nrow(table)
  agree <- mean(rowSums(counts * (counts - 1)) / (m * (m - 1)))
  chance <- sum((colSums(counts) / sum(counts))^2)
  (agree - chance) / (1 - chance)
}

found <- c(
  sapply(c("nominal", "ordinal", "interval", "ratio"), function(metric) alpha(codings, metric)),
  fleiss = fleiss(codings),
  cohen_1_2 = cohen(codings[1, ], codings[2, ]),
  cohen_1_3 = cohen(codings[1, ], codings[3, ]),
  cohen_2_3 = cohen(codings[2, ], codings[3, ])
)
write.csv(data.frame(measure = names(found), value = sprintf("%.15g", found)), file.path(here, "agreement.csv"), row.names = FALSE, quote = FALSE)
