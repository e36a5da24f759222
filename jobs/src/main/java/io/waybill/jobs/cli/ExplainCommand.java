package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.config.JobFilePage;
import io.waybill.jobs.config.KeyRegistry;
import io.waybill.jobs.config.KnownKey;
import io.waybill.jobs.step.StepTypes;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill explain KEY}: what a key of the job file means. */
@Command(
    name = "explain",
    description =
        "Says what a key of the job file means, what may stand there, and what its absence means.")
final class ExplainCommand extends Verb {
  private static final int MOST_IN_FULL = 4;

  @Parameters(
      arity = "0..1",
      paramLabel = "KEY",
      description =
          "A path or its end: jobs.NAME.retry, copy, copy.verify, retry. Without one: the keys at"
              + " the margin.")
  private @Nullable String path;

  @Option(names = "--page", description = "Print the reference of all keys, in Markdown.")
  private boolean isPage;

  @Override
  ExitCode execute() {
    KeyRegistry registry = KeyRegistry.of(StepTypes.all());
    if (isPage) {
      if (path != null) {
        throw new JobException.Configuration("--page is of all keys; leave out " + path);
      }
      cli().out().print(JobFilePage.of(registry));
      return ExitCode.OK;
    }
    List<KnownKey> keys = path == null ? atTheMargin(registry) : found(registry, path);
    boolean inFull = path != null && keys.size() <= MOST_IN_FULL;
    output()
        .results(
            "waybill.key/1",
            "waybill.keys/1",
            "keys",
            keys.stream().map(KeyForm::of).toList(),
            out -> {
              if (inFull) {
                KeyForm.print(keys, out);
              } else {
                KeyForm.list(keys, out);
              }
            });
    List<String> kinds = path == null ? List.of() : registry.kindsIn(path);
    if (!kinds.isEmpty()) {
      output().note("waybill: or did you mean " + String.join(", ", kinds) + "?");
    }
    return ExitCode.OK;
  }

  private static List<KnownKey> atTheMargin(KeyRegistry registry) {
    return registry.keys().stream().filter(key -> !key.paths().get(0).contains(".")).toList();
  }

  private static List<KnownKey> found(KeyRegistry registry, String path) {
    List<KnownKey> keys = registry.find(path);
    if (keys.isEmpty()) {
      List<String> near = registry.nearest(path);
      throw new JobException.Configuration(
          "the job file has no key \"%s\"%s"
              .formatted(
                  path,
                  near.isEmpty()
                      ? "; \"waybill explain\" lists those at the margin"
                      : "; did you mean " + String.join(", ", near) + "?"));
    }
    return keys;
  }
}
