# Item bias by three proportional-odds models an item, as in the package lordif (Choi, Gibbons, Crane 2011), with
# MASS::polr; the score is the mean of all items, persons with a gap are left out. Writes item_bias.json.
suppressMessages(library(MASS))
folder <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
data <- na.omit(read.csv(file.path(folder, "answers.csv"), stringsAsFactors = TRUE))
items <- grep("^i", names(data), value = TRUE)
data$score <- as.numeric(scale(rowMeans(data[items])))
nagelkerke <- function(height, empty, n) (1 - exp(-2 * (height - empty) / n)) / (1 - exp(2 * empty / n))
tight <- list(reltol = 1e-15, maxit = 1000)
found <- lapply(items, function(item) {
  data$y <- factor(data[[item]])
  fits <- list(polr(y ~ 1, data, control = tight), polr(y ~ score, data, control = tight),
               polr(y ~ score + group, data, control = tight), polr(y ~ score * group, data, control = tight, Hess = TRUE))
  height <- sapply(fits, function(one) as.numeric(logLik(one)))
  r2 <- nagelkerke(height, height[1], nrow(data))
  uniform <- polr(y ~ score + group, data, control = tight, Hess = TRUE)
  steps <- as.numeric(levels(data$y))
  as_if <- sapply(levels(data$group), function(one) {
    everybody <- data
    everybody$group <- factor(one, levels(data$group))
    mean(predict(uniform, everybody, type = "probs") %*% steps)
  })
  list(item = item, log_likelihood = height[-1], chisq_uniform = 2 * (height[3] - height[2]),
       chisq_nonuniform = 2 * (height[4] - height[3]), chisq_joint = 2 * (height[4] - height[2]),
       r2_change = r2[4] - r2[2], r2_uniform = r2[3] - r2[2],
       slopes = as.list(coef(uniform)), errors = sqrt(diag(vcov(uniform)))[seq_along(coef(uniform))],
       shift = as.list(as_if - sum(as_if * prop.table(table(data$group)))))
})
number <- function(x) paste0(formatC(x, digits = 12, format = "g"))
json <- function(x) {
  if (is.list(x) && !is.null(names(x))) return(paste0("{", paste0('"', names(x), '": ', sapply(x, json), collapse = ", "), "}"))
  if (is.list(x)) return(paste0("[\n", paste0(sapply(x, json), collapse = ",\n"), "\n]"))
  if (is.character(x)) return(paste0('"', x, '"'))
  if (length(x) > 1) return(paste0("[", paste0(number(x), collapse = ", "), "]"))
  number(x)
}
writeLines(json(list(n = nrow(data), R = paste(R.version$major, R.version$minor, sep = "."), items = found)),
           file.path(folder, "item_bias.json"))
