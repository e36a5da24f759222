package io.waybill.jobs.step;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.JobException;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.TextMatch;
import io.waybill.jobs.Trigger;
import io.waybill.transfer.file.SettledFiles;
import io.waybill.transfer.watch.Arrival;
import io.waybill.transfer.watch.DirectoryWatch;
import io.waybill.transfer.watch.LastLook;
import io.waybill.transfer.watch.WatchHandler;
import io.waybill.transfer.watch.WatchOptions;
import io.waybill.transfer.watch.WatchTrouble;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Watches the directory of a trigger, wherever it is, and tells of each file what {@code list}
 * tells of it.
 */
public final class FileArrivals implements AutoCloseable {
  // with a done-file and no settle, time alone never finishes a file
  private static final Duration NEVER = Duration.ofDays(36_500);

  private final Place directory;
  private final Optional<Pattern> regex;
  private final PlaceFiles files;
  private final DirectoryWatch watch;
  private final boolean settles;

  private FileArrivals(
      Place directory, Trigger.FilesArrive trigger, PlaceFiles files, DirectoryWatch watch) {
    this.directory = directory;
    this.regex = regex(trigger);
    this.files = files;
    this.watch = watch;
    this.settles = trigger.finished().settle().isPresent();
  }

  /**
   * Prepares to watch; logs in where it is at a server.
   *
   * @param scope ends it from outside
   * @throws JobException.Configuration if the connection is unknown or holds no files
   * @throws io.waybill.transfer.TransferException if a server cannot be used
   */
  public static FileArrivals open(
      Trigger.FilesArrive trigger, StepServices services, CancelScope scope) {
    Place directory = place(trigger, services);
    WatchOptions options = options(trigger);
    PlaceFiles files = new PlaceFiles(services, scope, LinkOptions.USUAL);
    try {
      DirectoryWatch watch =
          directory instanceof Place.Local local
              ? DirectoryWatch.of(local.toPath(), options)
              : DirectoryWatch.of(files.session(directory), directory.path(), options);
      return new FileArrivals(directory, trigger, files, watch);
    } catch (RuntimeException e) {
      files.close();
      throw e;
    }
  }

  private static Place place(Trigger.FilesArrive trigger, StepServices services) {
    Place place = Place.of(trigger.directory(), services.connections());
    // where a file is names it for good, from whatever directory the program was started
    return place instanceof Place.Local local
        ? new Place.Local(local.toPath().toAbsolutePath().normalize().toString())
        : place;
  }

  private static WatchOptions options(Trigger.FilesArrive trigger) {
    Trigger.FileChoice choice = trigger.choice();
    List<String> includes =
        choice.match().orElse(null) instanceof TextMatch.Patterns patterns
            ? patterns.patterns()
            : List.of();
    return WatchOptions.builder()
        .interval(trigger.intake().pollEvery())
        .settle(trigger.finished().settle().orElse(NEVER))
        .doneFile(trigger.finished().doneFile().orElse(""))
        .filter(includes, choice.exclude())
        .temporary(SettledFiles.TEMPORARY)
        .recursive(choice.isRecursive())
        .order(
            choice.order() == Trigger.Order.OLDEST
                ? WatchOptions.Order.TIME
                : WatchOptions.Order.NAME)
        .build();
  }

  private static Optional<Pattern> regex(Trigger.FilesArrive trigger) {
    return trigger.choice().match().orElse(null) instanceof TextMatch.Regex regex
        ? Optional.of(Pattern.compile(regex.expression()))
        : Optional.empty();
  }

  /** Watches until this is closed, as {@link DirectoryWatch#run}. */
  public void run(WatchHandler handler) throws InterruptedException {
    watch.run(handler);
  }

  /**
   * Looks twice, as long apart as a file must stay as it is, and hands over what is finished; once,
   * where a done-file alone says so.
   *
   * @param handler ends it by what it throws, if nothing can be looked at
   * @throws io.waybill.transfer.TransferException as {@link DirectoryWatch#once}
   */
  public void once(WatchHandler handler) throws InterruptedException {
    if (settles) {
      var unused = watch.once(handler);
    } else {
      watch.run(new FirstLook(handler));
    }
  }

  /** Ends the watch after its first look. */
  private final class FirstLook implements WatchHandler {
    private final WatchHandler handler;

    FirstLook(WatchHandler handler) {
      this.handler = handler;
    }

    @Override
    public Collection<Arrival> arrived(List<Arrival> batch) throws InterruptedException {
      return handler.arrived(batch);
    }

    @Override
    public void looked(LastLook look) {
      watch.close();
    }

    @Override
    public void trouble(WatchTrouble trouble) {
      handler.trouble(trouble);
    }
  }

  /** Has it look again soon. */
  public void wake() {
    watch.wake();
  }

  /** Says whether the trigger takes a file, by its name. */
  public boolean takes(Arrival file) throws InterruptedException {
    return regex.isEmpty() || EndableText.of(SidecarFinder.last(file.path())).has(regex.get());
  }

  /** Returns what {@code ${item}} yields of a file. */
  public Map<String, Object> item(Arrival file) {
    Map<String, Object> item = new LinkedHashMap<>();
    item.put("name", file.path());
    item.put(
        "location",
        directory.withPath(SidecarFinder.join(directory.path(), file.path())).literal().location());
    item.put("size", file.identity().sizeBytes());
    file.identity().modified().ifPresent(time -> item.put("modified", time.toString()));
    return item;
  }

  /** Says whether a file that was found is still there, in the version that it had. */
  public static boolean isThere(Map<String, Object> item, LastLook look) {
    return item.get("name") instanceof String name
        && item.get("size") instanceof Long size
        && look.has(
            name,
            size,
            Optional.ofNullable(item.get("modified")).map(at -> Instant.parse(at.toString())));
  }

  @Override
  public void close() {
    watch.close();
    files.close();
  }
}
