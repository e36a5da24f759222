package com.acme.waybill;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.ValueType.Scalar;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * {@code acme.csv-check}: what the job file can say of it. The loader, {@code explain}, the schema
 * and the reference page are made from this class, and nothing else is to be written.
 */
public final class CsvCheckType implements StepType<CsvCheck> {

  @Override
  public String name() {
    return "acme.csv-check"; // a name of your own before the dot: it will never be one of Waybill's
  }

  @Override
  public String doc() {
    return "Refuses a CSV file that lacks columns, and counts its rows.";
  }

  @Override
  public List<Key> keys() {
    return List.of(
        Key.required("file", Scalar.FILE, "The file of this machine."),
        Key.required("columns", new ValueType.ListOf(Scalar.TEXT), "What its first line must name.")
            .withExample("[id, amount]"),
        Key.optional("separator", Scalar.TEXT, ";", "What stands between two columns."));
  }

  @Override
  public Map<String, String> outputs() {
    return Map.of("rows", "how many rows follow the first line");
  }

  /** Called when the file is read, too, if no value depends on the run: mistakes have a line then. */
  @Override
  public CsvCheck bind(Arguments arguments, Connections connections) {
    if (arguments.text("separator").isEmpty()) {
      throw new JobException.Configuration("\"separator\" is empty");
    }
    return new CsvCheck(
        Path.of(arguments.text("file")),
        arguments.texts("columns"),
        arguments.text("separator"));
  }

  @Override
  public StepHandler<CsvCheck> handler(StepServices services) {
    return new CsvCheckHandler();
  }
}
