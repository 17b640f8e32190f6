# Values that tests/test_conditions.py holds against ours. Run in this folder with R 4.2.2 and clubSandwich 0.5.8
# (Debian 12: r-cran-clubsandwich, r-cran-sandwich, r-cran-jsonlite):  Rscript make.R
# Writes people.csv (invented answers) and values.json.
library(clubSandwich)
library(jsonlite)
set.seed(7)
n <- 180
place <- sample(1:9, n, replace = TRUE, prob = c(40, 30, 20, 10, 8, 6, 5, 4, 3))
shared <- rnorm(9)
latent <- matrix(rnorm(n * 4), n)
common <- rnorm(n)
x <- 0.5 * common + latent + 0.4 * shared[place]
colnames(x) <- c("a", "b", "c", "d")
age <- sample(c("young", "middle", "old"), n, replace = TRUE)
y <- 0.5 * x[, 1] + 0.25 * x[, 2] - 0.1 * x[, 1] * x[, 3] + 0.3 * (age == "old") + 0.4 * shared[place] +
  rnorm(n) * (1 + 0.4 * abs(x[, 1]))
people <- data.frame(y = y, x, age = age, place = paste0("g", place), w = round(runif(n, 0.4, 2.5), 3))
people[, 1:5] <- round(people[, 1:5], 6)
write.csv(people, "people.csv", row.names = FALSE)

errors <- function(formula, weights, cluster) {
  people$own <- if (is.null(weights)) 1 else weights
  environment(formula) <- environment()
  fit <- lm(formula, people, weights = own)
  test <- coef_test(fit, vcov = "CR2", cluster = cluster, test = "Satterthwaite")
  keep <- c("a", "b", "c", "d", intersect("a:c", rownames(test)))
  list(estimate = unname(coef(fit)[keep]), error = unname(test[match(keep, rownames(test)), "SE"]), freedom = unname(test[match(keep, rownames(test)), "df_Satt"]))
}
plain <- y ~ a + b + c + d + age
product <- y ~ a + b + c + d + age + a:c
alone <- seq_len(n)

# Slope of a where c is one unit high: the coefficient of a once c is counted from one.
at_one <- errors(y ~ a + b + c + d + age + I(a * (c - 1)), people$w, people$place)

# General dominance (Lindeman, Merenda and Gold) of a-d beyond age: all orders, from the definition.
r2 <- function(names) {
  part <- if (length(names)) paste("+", paste(names, collapse = " + ")) else ""
  summary(lm(as.formula(paste("y ~ age", part)), people, weights = w))$r.squared
}
all <- c("a", "b", "c", "d")
share <- sapply(all, function(one) {
  rest <- setdiff(all, one)
  sizes <- sapply(0:3, function(size) {
    sets <- if (size == 0) list(character(0)) else combn(rest, size, simplify = FALSE)
    mean(sapply(sets, function(set) r2(c(set, one)) - r2(set)))
  })
  mean(sizes)
})
write_json(list(
  weighted_clustered = errors(plain, people$w, people$place),
  plain_clustered = errors(plain, NULL, people$place),
  product_clustered = errors(product, people$w, people$place),
  alone = errors(plain, people$w, alone),
  slope = lapply(at_one, `[`, 1),
  dominance = unname(share), beyond = r2(all) - r2(character(0)), whole = r2(all)
), "values.json", digits = 12, auto_unbox = TRUE, pretty = TRUE)
