# Reciprocity, dyads, distances in trees, and rarefaction (igraph, sna, vegan).
# Run from this directory: Rscript structure.R
source("write_golden.R")
suppressPackageStartupMessages({
  library(igraph)
})

graph_results <- function(arcs, n) {
  graph <- simplify(graph_from_edgelist(arcs, directed = TRUE))
  if (vcount(graph) < n) graph <- add_vertices(graph, n - vcount(graph))
  census <- dyad_census(graph)
  matrix <- as.matrix(as_adjacency_matrix(graph))
  # "dyadic" of grecip counts empty pairs as reciprocal: "dyadic.nonnull" is the one meant here.
  list(
    source = arcs[, 1], target = arcs[, 2], n = n,
    reciprocity = reciprocity(graph, mode = "default"),
    mutual = census$mut, asymmetric = census$asym, null = census$null,
    edgewise = unname(sna::grecip(matrix, measure = "edgewise")),
    dyadic = unname(sna::grecip(matrix, measure = "dyadic.nonnull")),
    rho = unname(sna::grecip(matrix, measure = "correlation"))
  )
}

tree_results <- function(parent) {
  n <- length(parent) + 1
  tree <- graph_from_edgelist(cbind(parent, seq(2, n)), directed = FALSE)
  list(parent = parent, distance = mean_distance(tree, directed = FALSE))
}

set.seed(20260101)
arcs <- unique(cbind(sample(60, 500, TRUE), sample(60, 500, TRUE)))
arcs <- arcs[arcs[, 1] != arcs[, 2], ]
counts <- rgeom(80, 0.15) + 1
sizes <- c(1, 10, 50, 200)
results <- list(
  example = graph_results(rbind(c(1, 2), c(2, 1), c(1, 3), c(4, 1)), 4),
  random = graph_results(arcs, 60),
  tree = tree_results(c(1, 1, 1, 2, 5)),
  star = tree_results(rep(1, 5)),
  path = tree_results(1:5),
  large = tree_results(sapply(1:149, function(i) sample(i, 1))),
  counts = counts, sizes = sizes,
  rarefied = sapply(sizes, function(k) unname(as.vector(vegan::rarefy(counts, k)))),
  hill = unname(exp(vegan::diversity(c(5, 3, 2))))
)
write_golden(results, "structure.json", c("igraph", "sna", "vegan"))
