package io.waybill.jobs.daemon;

import io.waybill.JobFiles;
import io.waybill.jobs.config.JobFileContents;
import io.waybill.jobs.config.JobFileWatch;
import io.waybill.jobs.config.JobFileWatch.Look;
import io.waybill.jobs.config.Problem;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The job files of a daemon: what they said when it began, and the way to look at them again. */
public final class JobFileSource {
  private static final Duration PERIOD = Duration.ofSeconds(2);

  private final List<Path> files;
  private final Map<String, String> environment;
  private final Duration period;
  private final JobFileWatch watch;
  private final JobFileContents first;
  private final Optional<Look> firstLook;
  private final List<Path> pipes;

  private JobFileSource(
      List<Path> files,
      Map<String, String> environment,
      Duration period,
      JobFileWatch watch,
      JobFileContents first,
      Optional<Look> firstLook) {
    this.pipes = watch.pipes();
    this.files = files;
    this.environment = environment;
    this.period = period;
    this.watch = watch;
    this.first = first;
    this.firstLook = firstLook;
  }

  /**
   * Reads files for the first time.
   *
   * @param files and directories, at least one
   * @param environment where secrets of the form {@code env} are looked up
   * @param onWarning told of each risk; of those that are read later the log tells
   * @throws io.waybill.jobs.config.InvalidJobFile if anything in them is wrong
   */
  public static JobFileSource read(
      List<Path> files, Map<String, String> environment, Consumer<Problem> onWarning) {
    return read(files, environment, onWarning, PERIOD);
  }

  /** Does the same, to be looked at more or less often. */
  static JobFileSource read(
      List<Path> files,
      Map<String, String> environment,
      Consumer<Problem> onWarning,
      Duration period) {
    // told by names that mean the same elsewhere
    List<Path> absolute = files.stream().map(Path::toAbsolutePath).toList();
    JobFileWatch watch = new JobFileWatch(absolute, InstantSource.system());
    Look before = watch.look(List.of());
    JobFileContents first = JobFiles.read(files, environment, onWarning);
    // what was written between the two is read when it has settled
    boolean isStill = watch.look(List.of()).equals(before);
    return new JobFileSource(
        List.copyOf(files),
        Map.copyOf(environment),
        period,
        watch,
        first,
        isStill ? Optional.of(watch.look(first.named())) : Optional.empty());
  }

  /** Returns what they said when the daemon began. */
  public JobFileContents first() {
    return first;
  }

  /** Returns what they looked like then; empty if they changed while they were read. */
  Optional<Look> firstLook() {
    return firstLook;
  }

  /** Returns those that can be read only once, which they were. */
  List<Path> pipes() {
    return pipes;
  }

  /** Returns how often they are looked at. */
  Duration period() {
    return period;
  }

  /** Looks at them, and at files that they name. */
  Look look(List<Path> named) {
    return watch.look(named);
  }

  /**
   * Reads them anew.
   *
   * @throws io.waybill.jobs.config.InvalidJobFile if anything in them is wrong
   */
  JobFileContents read() {
    return JobFiles.read(files, environment);
  }
}
