package com.acme.waybill;

import io.waybill.jobs.Step;
import java.nio.file.Path;
import java.util.List;

/**
 * Refuses a CSV file that lacks columns, before it goes further.
 *
 * @param file of this machine
 * @param columns that its first line must name
 * @param separator between them
 */
record CsvCheck(Path file, List<String> columns, String separator) implements Step {}
