# The two-parameter logistic model of the law school test (Bock and Lieberman 1970), as it comes with psych, by R's own optimiser:
# a likelihood written here, integrated by the trapezoid rule on 401 points. Prints what was found.
#   Rscript tests/reference/typology/latent_trait_lsat6.R
suppressMessages(library(psych))
answers <- as.matrix(lsat6)
nodes <- seq(-8, 8, length.out = 401)
mass <- dnorm(nodes) * (nodes[2] - nodes[1])
patterns <- unique(answers)
count <- apply(patterns, 1, function(x) sum(apply(answers, 1, function(y) all(x == y))))
minus <- function(p) {
  chance <- plogis(outer(nodes, p[1:5]) + rep(p[6:10], each = length(nodes)))
  each <- apply(patterns, 1, function(x) sum(mass * apply(chance, 1, function(c) prod(ifelse(x == 1, c, 1 - c)))))
  -sum(count * log(each))
}
found <- optim(c(rep(1, 5), qlogis(colMeans(answers))), minus, method = "BFGS", control = list(reltol = 1e-14, maxit = 500))
cat(jsonlite::toJSON(list(R = paste(R.version$major, R.version$minor, sep = "."), psych = as.character(packageVersion("psych")),
  log_likelihood = -found$value, slopes = found$par[1:5]), auto_unbox = TRUE, digits = 10), "\n")
