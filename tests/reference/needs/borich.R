# Borich's discrepancy and its standard error by R: the product of two design means, linearised by the survey package.
# Rscript tests/reference/needs/borich.R
suppressPackageStartupMessages(library(survey))
set.seed(8)
n <- 60
d <- data.frame(person = seq_len(n), importance = sample(1:5, n, TRUE, c(.05, .1, .2, .35, .3)))
d$mastery <- pmax(1, pmin(5, d$importance - sample(-1:3, n, TRUE)))
d$weight <- round(runif(n, .5, 2), 3)
d$organisation <- rep(seq_len(12), each = 5)
d$gap <- d$importance - d$mastery
write.csv(d, "tests/reference/needs/borich_answers.csv", row.names = FALSE)
of <- function(design) {
  found <- svycontrast(svymean(~ importance + gap, design), quote(importance * gap))
  c(discrepancy = as.numeric(found), se = as.numeric(SE(found)))
}
result <- rbind(
  data.frame(design = "plain", t(of(svydesign(~1, weights = ~1, data = transform(d, one = 1))))),
  data.frame(design = "weighted", t(of(svydesign(~1, weights = ~weight, data = d)))),
  data.frame(design = "organisations", t(of(svydesign(~organisation, weights = ~1, data = transform(d, one = 1)))))
)
write.csv(format(result, digits = 12), "tests/reference/needs/borich.csv", row.names = FALSE, quote = FALSE)
print(result, digits = 10)
