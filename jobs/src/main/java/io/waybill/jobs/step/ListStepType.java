package io.waybill.jobs.step;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.Key;
import io.waybill.jobs.Rehearsal;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueKind;
import io.waybill.jobs.ValueType.Scalar;
import io.waybill.jobs.step.Selection.Selected;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code list}: which files there are, for the steps after it. */
final class ListStepType implements StepType<ListStep> {
  private static final long MOST_FILES = 10_000;

  @Override
  public String name() {
    return "list";
  }

  @Override
  public String doc() {
    return "Lists files for later steps; it reads and changes none.";
  }

  @Override
  public List<Key> keys() {
    return List.of(
        FileKeys.FROM,
        FileKeys.MATCH,
        FileKeys.OLDER_THAN,
        FileKeys.expect(
            Key.optional(
                "max-files",
                Scalar.INTEGER,
                Long.toString(MOST_FILES),
                "More files are a failure; all of them are kept in the run's record.")));
  }

  @Override
  public boolean isLocal(StepResult result) {
    return FileKeys.isAnyHere(result);
  }

  @Override
  public Map<String, String> outputs() {
    return Map.of(
        "files", "a list with name, location, size, modified of each file",
        "bytes", "the sum of the files' sizes",
        "left-out",
            "a list of what is neither a file nor a directory, or cannot be asked for by its name");
  }

  @Override
  public Map<String, ValueKind> outputKinds() {
    return Map.of(
        "files", FileKeys.FOUND_FILES, "bytes", ValueKind.NUMBER, "left-out", ValueKind.LIST);
  }

  @Override
  public ListStep bind(Arguments arguments, Connections connections) {
    return new ListStep(FileSelection.of(arguments, connections, MOST_FILES));
  }

  @Override
  public long files(StepResult result) {
    return 0; // it only looks at them
  }

  @Override
  public StepHandler<ListStep> handler(StepServices services) {
    return new StepHandler<>() {
      @Override
      public StepResult execute(ListStep step, StepCall call) throws InterruptedException {
        return list(step.from(), services, call);
      }

      @Override
      public Rehearsal rehearse(ListStep step, StepCall call) throws InterruptedException {
        return FileRehearsal.listed(list(step.from(), services, call)); // it changes nothing
      }
    };
  }

  private static StepResult list(FileSelection from, StepServices services, StepCall call)
      throws InterruptedException {
    List<Map<String, Object>> files = new ArrayList<>();
    List<String> leftOut = new ArrayList<>();
    long bytes = 0;
    try (Sessions sessions = new Sessions(services, call.cancel())) {
      for (FileSource source : from.from()) {
        Selection found = from.find(source, sessions);
        found.files().forEach(file -> files.add(plain(file)));
        found.leftOut().forEach(each -> leftOut.add(each.path()));
        found.refused().forEach(each -> leftOut.add(each.place().toString()));
        bytes +=
            found.files().stream().mapToLong(file -> Math.max(0, file.entry().sizeBytes())).sum();
      }
    }
    from.requireExpected(files.size());
    Map<String, Object> outputs = new LinkedHashMap<>();
    outputs.put("files", files);
    outputs.put("bytes", bytes);
    outputs.put("left-out", leftOut);
    return new StepResult(outputs, 0);
  }

  /** Returns what is told of a file that nothing is done to, or that is gone. */
  static Map<String, Object> plain(Selected file) {
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put("name", file.name());
    plain.put("location", file.place().location());
    plain.put("size", Math.max(0, file.entry().sizeBytes()));
    file.entry().modified().ifPresent(time -> plain.put("modified", time.toString()));
    return plain;
  }
}
