# Competing exits by survival and cmprsk: whole months (many ties), late entry, weights, three groups, support that begins.
suppressMessages({library(survival); library(cmprsk); library(jsonlite)})
set.seed(20261124)
n <- 400
group <- sample(c("a", "b", "c"), n, TRUE, prob = c(.5, .3, .2))
age <- round(rnorm(n, 38, 9)); skilled <- rbinom(n, 1, .4)
rate <- cbind(contract = .05 * exp(.5 * skilled + .3 * (group == "b")), elsewhere = .025 * exp(.02 * (age - 38)), failed = .015)
total <- rexp(n) / rowSums(rate)
what <- apply(rate, 1, function(r) sample(colnames(rate), 1, prob = r))
open <- runif(n, 1, 48)
month <- pmax(1, ceiling(pmin(total, open)))
event <- ifelse(total <= open, what, "open")
entry <- ifelse(runif(n) < .35, pmin(month - 1, rpois(n, 4)), 0)
weight <- round(runif(n, .3, 3), 2)
starts <- ifelse(runif(n) < .6, rpois(n, 6) + .5, NA)
exact <- round(pmin(total, open), 6)  # no ties at all
d <- data.frame(person = 1:n, month, exact, event, entry, group, age, skilled, weight, starts)
write.csv(d, "pathways.csv", row.names = FALSE, quote = FALSE, na = "")
d$state <- factor(d$event, c("open", "contract", "elsewhere", "failed"))

at <- c(3, 6, 12, 24, 36)
curve <- function(fit) {
  s <- summary(fit, times = at, extend = TRUE)
  out <- lapply(2:4, function(k) data.frame(event = s$states[k], group = if (is.null(s$strata)) "all" else sub("group=", "", s$strata),
    time = s$time, estimate = s$pstate[, k], se = s$std.err[, k], low = s$lower[, k], high = s$upper[, k], n = s$n.risk[, 1]))
  do.call(rbind, out)
}
curves <- list(
  plain = curve(survfit(Surv(month, state) ~ group, d)),
  weighted = curve(survfit(Surv(month, state) ~ 1, d, weights = weight)),
  entry = curve(survfit(Surv(entry, month, state) ~ 1, d, id = person)),
  both = curve(survfit(Surv(entry, month, state) ~ group, d, id = person, weights = weight)))

ci <- cuminc(d$month, d$event, d$group, cencode = "open")
points <- timepoints(ci, at)
two <- cuminc(d$month, d$event, d$skilled, cencode = "open")

terms <- function(fit, robust = FALSE) {
  s <- summary(fit)$coefficients
  data.frame(term = rownames(s), coef = s[, "coef"], se = if (robust) s[, "robust se"] else s[, "se(coef)"])
}
eps <- coxph.control(eps = 1e-12, toler.chol = 1e-13, iter.max = 100)
cox <- list(
  efron = terms(coxph(Surv(month, event == "contract") ~ age + skilled, d, control = eps)),
  breslow = terms(coxph(Surv(month, event == "contract") ~ age + skilled, d, ties = "breslow", control = eps)),
  entry = terms(coxph(Surv(entry, month, event == "contract") ~ age + skilled, d, control = eps)),
  weighted_efron = terms(coxph(Surv(entry, month, event == "contract") ~ age + skilled, d, weights = weight, id = person, robust = TRUE, control = eps), TRUE),
  weighted_breslow = terms(coxph(Surv(entry, month, event == "contract") ~ age + skilled, d, weights = weight, id = person, ties = "breslow", robust = TRUE, control = eps), TRUE))

# Support that begins: start-stop rows by tmerge.
split <- tmerge(d[c("person", "age")], d, id = person, out = event(month, event == "contract"))
split <- tmerge(split, d, id = person, supported = tdc(starts))
cox$support <- terms(coxph(Surv(tstart, tstop, out) ~ age + supported, split, control = eps))
# Landmark of six months: who is still there after it, supported by then or not.
l <- subset(d, month > 6); l$supported <- as.numeric(!is.na(l$starts) & l$starts <= 6)
cox$landmark <- terms(coxph(Surv(month - 6, event == "contract") ~ age + supported, l, control = eps))
cox$landmark_n <- nrow(l)

gray <- function(time, data = d, ...) {
  f <- crr(data[[time]], data$event, as.matrix(data[c("age", "skilled")]), failcode = "contract", cencode = "open", gtol = 1e-12, maxiter = 50)
  data.frame(term = names(f$coef), coef = f$coef, se = sqrt(diag(f$var)))
}
fg <- finegray(Surv(exact, state) ~ ., d[c("exact", "state", "age", "skilled", "person")], etype = "contract")
late <- finegray(Surv(entry, month, state) ~ ., d[c("entry", "month", "state", "age", "skilled", "person")], etype = "contract", id = person)
subdistribution <- list(
  months = gray("month"), exact = gray("exact"),
  finegray_exact = terms(coxph(Surv(fgstart, fgstop, fgstatus) ~ age + skilled, fg, weights = fgwt, id = person, robust = TRUE, ties = "breslow", control = eps), TRUE),
  finegray_entry = terms(coxph(Surv(fgstart, fgstop, fgstatus) ~ age + skilled, late, weights = fgwt, id = person, robust = TRUE, ties = "breslow", control = eps), TRUE))

long <- function(m) { r <- as.data.frame(as.table(m)); names(r) <- c("curve", "time", "value"); r$time <- as.numeric(as.character(r$time)); r }
write_json(list(R = R.version.string, survival = as.character(packageVersion("survival")), cmprsk = as.character(packageVersion("cmprsk")),
  curves = curves, cuminc = list(estimate = long(points$est), variance = long(points$var)),
  gray = list(group = data.frame(event = rownames(ci$Tests), ci$Tests), skilled = data.frame(event = rownames(two$Tests), two$Tests)),
  cox = cox, subdistribution = subdistribution), "pathways.json", digits = 14, auto_unbox = TRUE, pretty = TRUE, na = "null")
