# Overlap weights of Li and Li (2019) for three groups from nnet::multinom, means by standardisation from lm, and errors by
# stacked estimating equations with numerical derivatives. Writes contrast.json; the answers are drawn here (contrast.csv).
suppressMessages({library(nnet); library(jsonlite)})
set.seed(20261123)
n <- 320
x1 <- round(rnorm(n), 3); x2 <- round(rexp(n), 3); s <- sample(c("u", "v", "w"), n, TRUE)
eta <- cbind(0, .6 * x1 - .3 * x2 + .3 * (s == "v"), -.5 * x1 + .5 * (s == "w") - .4)
z <- apply(exp(eta) / rowSums(exp(eta)), 1, function(p) sample(c("a", "b", "c"), 1, prob = p))
y <- round(50 + 8 * x1 + 3 * x2 + 4 * (z == "b") + 3 * (s == "w") + rnorm(n, sd = 10 + 3 * (z == "c")), 2)
d <- data.frame(y, z, x1, x2, s)
write.csv(d, "contrast.csv", row.names = FALSE, quote = FALSE)
X <- model.matrix(~ x1 + x2 + s, d); p <- ncol(X); K <- 3; Z <- sapply(c("a", "b", "c"), function(k) d$z == k) * 1
fit <- multinom(z ~ x1 + x2 + s, d, maxit = 1000, reltol = 1e-16, abstol = 1e-14, trace = FALSE)
psi <- function(theta) {
  b <- matrix(theta[1:((K - 1) * p)], nrow = K - 1, byrow = TRUE); m <- theta[-(1:((K - 1) * p))]
  e <- exp(cbind(0, X %*% t(b))); e <- e / rowSums(e)
  score <- do.call(cbind, lapply(2:K, function(k) (Z[, k] - e[, k]) * X))
  w <- (1 / rowSums(1 / e)) / rowSums(Z * e)
  cbind(score, sapply(1:K, function(k) Z[, k] * w * (d$y - m[k])))
}
b <- as.vector(t(coef(fit))); e <- fitted(fit); w <- (1 / rowSums(1 / e)) / rowSums(Z * e)
m <- sapply(1:K, function(k) weighted.mean(d$y, Z[, k] * w))
stacked <- function(psi, theta) {
  h <- 1e-5
  A <- sapply(seq_along(theta), function(j) { t1 <- t2 <- theta; t1[j] <- t1[j] + h; t2[j] <- t2[j] - h
    (colSums(psi(t1)) - colSums(psi(t2))) / (2 * h) })
  solve(A) %*% crossprod(psi(theta)) %*% t(solve(A))
}
V <- stacked(psi, c(b, m)); at <- (K - 1) * p
error <- function(V, i, j) sqrt(V[i, i] + V[j, j] - 2 * V[i, j])
# standardisation: a regression in each group, predicted for everybody
fits <- lapply(c("a", "b", "c"), function(k) lm(y ~ x1 + x2 + s, d, subset = z == k))
g <- sapply(fits, function(f) mean(predict(f, d)))
psi2 <- function(theta) {
  bs <- lapply(1:K, function(k) theta[((k - 1) * p + 1):(k * p)]); m <- theta[-(1:(K * p))]
  cbind(do.call(cbind, lapply(1:K, function(k) Z[, k] * as.vector(d$y - X %*% bs[[k]]) * X)),
        sapply(1:K, function(k) as.vector(X %*% bs[[k]]) - m[k]))
}
V2 <- stacked(psi2, c(unlist(lapply(fits, coef)), g)); at2 <- K * p
write_json(list(R = R.version.string, nnet = as.character(packageVersion("nnet")),
  overlap = list(means = m, error_b = error(V, at + 2, at + 1), error_c = error(V, at + 3, at + 1)),
  standardisation = list(means = g, error_b = error(V2, at2 + 2, at2 + 1), error_c = error(V2, at2 + 3, at2 + 1))),
  "contrast.json", digits = 12, auto_unbox = TRUE, pretty = TRUE)
