# Shared by the scripts here: writes results beside the script, with the versions that made them.
suppressPackageStartupMessages(library(jsonlite))

write_golden <- function(results, name, packages = character()) {
  versions <- list(R = paste(R.version$major, R.version$minor, sep = "."))
  for (package in packages) versions[[package]] <- as.character(packageVersion(package))
  golden <- c(list(versions = versions), results)
  writeLines(toJSON(golden, digits = NA, na = "null", auto_unbox = TRUE, dataframe = "columns", pretty = 1), name)
}
