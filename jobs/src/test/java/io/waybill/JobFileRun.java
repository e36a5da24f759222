package io.waybill;

import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What {@code waybill run} has made of a file with one job.
 *
 * @param code the exit code
 * @param form {@code waybill.run/1}
 * @param log of the run
 */
record JobFileRun(int code, Map<String, Object> form, String log) {
  /** Runs a file whose job is called {@code j}, in a directory that also holds the state. */
  static JobFileRun of(Path directory, Map<String, String> environment, String rest)
      throws IOException {
    Path file = write(directory, rest);
    String state = directory.resolve("state").toString();
    CommandLineRun run =
        CommandLineRun.of(
            environment, "run", "j", "-c", file.toString(), "--state", state, "-o", "json");
    Map<String, Object> form = Json.readObject(run.out());
    String log =
        form.containsKey("id")
            ? CommandLineRun.of(
                    environment,
                    "logs",
                    Plain.text(form, "id"),
                    "-c",
                    file.toString(),
                    "--state",
                    state)
                .out()
            : "";
    return new JobFileRun(run.code(), form, log);
  }

  static Path write(Path directory, String rest) throws IOException {
    return Files.writeString(
        directory.resolve("waybill.yml"), "version: 1\ntimezone: UTC\n" + rest);
  }

  /** Returns what the first step left behind. */
  Map<String, Object> outputs() {
    return outputs(0);
  }

  Map<String, Object> outputs(int step) {
    return Plain.map(Plain.maps(form, "steps").get(step), "outputs");
  }

  /** Returns the attempts of the first step. */
  List<Map<String, Object>> attempts() {
    return Plain.maps(Plain.maps(form, "steps").get(0), "attempts");
  }

  /** Returns why the run failed. */
  String message() {
    return Plain.text(form, "message");
  }
}
