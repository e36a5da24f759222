package io.waybill.jobs.step;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.JobException;
import io.waybill.jobs.StepServices;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.watch.Arrival;
import io.waybill.transfer.watch.DirectoryWatch;
import io.waybill.transfer.watch.WatchHandler;
import io.waybill.transfer.watch.WatchOptions;
import io.waybill.transfer.watch.WatchTrouble;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Copies or moves what arrives in a directory, each file once it is finished, by the same ways as
 * {@link CopyRun}. What failed is tried again later. Nothing is kept but in memory: another run
 * looks at all that is there, and skips what is equal.
 */
public final class WatchRun {
  private final StepServices services;
  private final CancelScope scope;
  private final CopyListener listener;
  private final Told told;
  private final CopyOutcome total = CopyOutcome.nothing();

  /** Hears what becomes of files. */
  public interface Told {
    /** A file is at the target. */
    void done(String source);

    /** A file could not be copied and is tried again. */
    void failed(String source, String why);

    /**
     * A file may still be written, or changed after it had settled.
     *
     * @param isWaitedFor whether it comes later; else it is left, and the result names it
     */
    void unsettled(String source, boolean isWaitedFor);

    /** The watch, or something in it, has a trouble that is not its end. */
    void trouble(String message);
  }

  /**
   * Prepares.
   *
   * @param scope ends it from outside
   */
  public WatchRun(StepServices services, CancelScope scope, CopyListener listener, Told told) {
    this.services = services;
    this.scope = scope;
    this.listener = listener;
    this.told = told;
  }

  /**
   * Watches the one source of a request until it is interrupted.
   *
   * @param once whether it ends after what is there now
   * @throws JobException.NotFound if there is no such directory
   * @throws JobException.Configuration if the source is none, or what is copied would arrive again
   * @throws TransferException if a login is refused, or a place cannot be used as it is named
   */
  public CopyOutcome execute(CopyRequest request, WatchOptions options, boolean once)
      throws InterruptedException {
    Place source = request.sources().get(0);
    requireApart(source, request.target(), options);
    try (PlaceFiles files = new PlaceFiles(services, scope, request.link())) {
      if (!files.look(source).isDirectory()) {
        throw new JobException.Configuration(
            source + " is not a directory, and only directories are watched");
      }
      try (DirectoryWatch watch =
          source instanceof Place.Local local
              ? DirectoryWatch.of(local.toPath(), options)
              : DirectoryWatch.of(files.session(source), source.path(), options)) {
        Handler handler = new Handler(request, source);
        if (once) {
          for (String each : watch.once(handler)) {
            total.unsettled(each);
            if (!handler.failed.contains(handler.prefix + each)) { // else that is said
              told.unsettled(handler.prefix + each, false);
            }
          }
        } else {
          watch.run(handler);
        }
      }
    }
    return total;
  }

  /** Returns what it came to until now. */
  public CopyOutcome soFar() {
    return total;
  }

  private static void requireApart(Place source, Place target, WatchOptions options) {
    if (target.isWithin(source) && (options.isRecursive() || source.isWithin(target))) {
      throw new JobException.Configuration(
          "%s lies in %s: what is copied there would arrive again; name a target outside of it"
              .formatted(target, source));
    }
  }

  private final class Handler implements WatchHandler {
    private final CopyRequest request;
    private final String prefix;
    private Set<String> failed = Set.of(); // of the last batch

    Handler(CopyRequest request, Place source) {
      this.request = request;
      String text = source.toString();
      this.prefix = text.isEmpty() || text.endsWith("/") ? text : text + "/";
    }

    @Override
    public Collection<Arrival> arrived(List<Arrival> batch) throws InterruptedException {
      CopyRun run = new CopyRun(services, scope, listener, time -> {});
      List<FileEntry> files = batch.stream().map(WatchRun::entry).toList();
      try {
        run.execute(request.toBuilder().listed(files).build());
      } catch (TransferException e) {
        total.add(run.soFar());
        if (endsTheWatch(e)) {
          throw e;
        }
        told.trouble(e.getMessage() + "; these files are tried again");
        return batch;
      }
      CopyOutcome outcome = run.soFar();
      total.add(outcome);
      failed =
          outcome.failed().stream().map(CopyOutcome.Failed::source).collect(Collectors.toSet());
      outcome
          .failed()
          .forEach(each -> told.failed(each.source(), String.valueOf(each.why().getMessage())));
      outcome.unsettled().forEach(each -> told.unsettled(each, true));
      List<Arrival> back =
          batch.stream()
              .filter(
                  each ->
                      failed.contains(prefix + each.path())
                          || outcome.unsettled().contains(prefix + each.path()))
              .toList();
      batch.stream()
          .filter(each -> !back.contains(each))
          .forEach(each -> told.done(prefix + each.path()));
      return back;
    }

    @Override
    public void trouble(WatchTrouble trouble) {
      boolean isOfAll = trouble.path().isEmpty();
      told.trouble(
          isOfAll ? trouble.message() : prefix + trouble.path() + ": " + trouble.message());
    }

    @Override
    public void over(WatchTrouble trouble) {
      if (trouble.path().isEmpty()) {
        told.trouble("over: " + trouble.message());
      }
    }
  }

  private boolean endsTheWatch(TransferException e) {
    return scope.cause().isPresent()
        || Thread.currentThread().isInterrupted()
        || e instanceof TransferException.Authentication
        || e instanceof TransferException.Configuration;
  }

  private static FileEntry entry(Arrival arrival) {
    return new FileEntry(
        arrival.path(),
        FileEntry.Kind.FILE,
        arrival.identity().sizeBytes(),
        arrival.identity().modified());
  }
}
