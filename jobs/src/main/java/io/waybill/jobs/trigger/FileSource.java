package io.waybill.jobs.trigger;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.CancelScope.Cause;
import io.waybill.jobs.Trigger;
import io.waybill.jobs.ledger.FoundItem;
import io.waybill.jobs.ledger.Source;
import io.waybill.jobs.ledger.SourceState;
import io.waybill.jobs.step.FileArrivals;
import io.waybill.scheduler.store.Lease;
import io.waybill.transfer.watch.Arrival;
import io.waybill.transfer.watch.LastLook;
import io.waybill.transfer.watch.WatchHandler;
import io.waybill.transfer.watch.WatchTrouble;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches a directory: what is finished there is written into the ledger, and given to runs of the
 * job after each look that saw all there is.
 */
final class FileSource implements SourceWatch {
  private static final Logger LOG = LoggerFactory.getLogger(FileSource.class);
  private static final Duration SWEEP = Duration.ofHours(1);

  private final Watching watching;
  private final Trigger.FilesArrive trigger;
  private final Source source;
  private final ItemDispatch dispatch;
  private final CancelScope scope = new CancelScope();
  private volatile @Nullable FileArrivals open;

  FileSource(
      Watching watching, Trigger.FilesArrive trigger, Source source, Consumer<String> wakeRun) {
    this.watching = watching;
    this.trigger = trigger;
    this.source = source;
    this.dispatch = new ItemDispatch(watching, source, trigger.intake(), "files", wakeRun);
  }

  @Override
  public void run(Lease lease) throws InterruptedException {
    boolean goesOn = true;
    while (goesOn && scope.cause().isEmpty()) {
      try (FileArrivals arrivals = FileArrivals.open(trigger, watching.services(), scope)) {
        open = arrivals;
        Looks looks = new Looks(lease, arrivals);
        arrivals.run(looks);
        goesOn = looks.beginsAnew;
      } finally {
        open = null;
      }
    }
  }

  @Override
  public void wake() {
    FileArrivals arrivals = open;
    if (arrivals != null) {
      arrivals.wake();
    }
  }

  @Override
  public void end() {
    scope.cancel(Cause.SHUTDOWN);
    FileArrivals arrivals = open;
    if (arrivals != null) {
      arrivals.close();
    }
  }

  /** Returns what the ledger is told of a file. */
  static FoundItem item(Trigger.FilesArrive trigger, FileArrivals arrivals, Arrival file) {
    Map<String, Object> value = arrivals.item(file);
    String location = String.valueOf(value.get("location"));
    String rank =
        trigger.choice().order() == Trigger.Order.OLDEST
            ? file.identity().modified().map(FileSource::sortable).orElse("") + " " + file.path()
            : file.path();
    return new FoundItem(
        SourceId.sha256(
            location + "\n" + value.get("size") + "\n" + value.getOrDefault("modified", "")),
        SourceId.sha256(location),
        location,
        rank,
        value);
  }

  // as texts are compared: with all digits, and those before 1970 first
  private static String sortable(Instant time) {
    return "%020d.%09d"
        .formatted(time.getEpochSecond() - Instant.MIN.getEpochSecond(), time.getNano());
  }

  /** Takes what one watch finds. */
  private final class Looks implements WatchHandler {
    private final Lease lease;
    private final FileArrivals arrivals;
    private final Optional<Instant> forgotten = forgotten();
    private Instant nextSweep = watching.services().clock().instant();
    private boolean beginsAnew;
    private boolean isNew;

    Looks(Lease lease, FileArrivals arrivals) {
      this.lease = lease;
      this.arrivals = arrivals;
    }

    @Override
    public Collection<Arrival> arrived(List<Arrival> batch) throws InterruptedException {
      List<FoundItem> found = new ArrayList<>();
      for (Arrival file : batch) {
        if (arrivals.takes(file)) {
          found.add(item(trigger, arrivals, file));
        }
      }
      int fresh = found.isEmpty() ? 0 : watching.ledger().found(lease, source, found);
      if (fresh > 0) {
        isNew = true;
        LOG.info(
            "event=files-found job={} source=\"{}\" files={}", source.job(), source.name(), fresh);
      }
      return List.of();
    }

    @Override
    public void looked(LastLook look) {
      if (!forgotten.equals(forgotten())) {
        beginsAnew = true; // what was forgotten is new again
        arrivals.close();
        return;
      }
      dispatch.run(lease, item -> FileArrivals.isThere(item.value(), look));
      Instant now = watching.services().clock().instant();
      if (isNew && look.directory().isPresent()) {
        watching.ledger().directoryIs(lease, source, look.directory().get());
        isNew = false;
      }
      if (!now.isBefore(nextSweep)) {
        nextSweep = now.plus(SWEEP);
        if (isTheDirectory(look)) {
          sweep(look, now);
        }
      }
    }

    // where a disk is not mounted everything is gone, and nothing of it is to be forgotten
    private boolean isTheDirectory(LastLook look) {
      Optional<String> known = watching.ledger().state(source).flatMap(SourceState::directory);
      return look.directory().isPresent() ? look.directory().equals(known) : !look.isEmpty();
    }

    private Optional<Instant> forgotten() {
      return watching.ledger().state(source).flatMap(SourceState::forgotten);
    }

    // what is gone will not be found again, and its record is of no more use than its run's
    private void sweep(LastLook look, Instant now) {
      Instant until = now.minus(watching.job().history().age());
      watching
          .ledger()
          .sweep(lease, source, until, item -> !FileArrivals.isThere(item.value(), look));
    }

    @Override
    public void trouble(WatchTrouble trouble) {
      LOG.warn(
          "event=source-trouble job={} source=\"{}\" path=\"{}\" why=\"{}\"",
          source.job(),
          source.name(),
          trouble.path(),
          trouble.message());
    }

    @Override
    public void over(WatchTrouble trouble) {
      LOG.info(
          "event=source-trouble-over job={} source=\"{}\" path=\"{}\" was=\"{}\"",
          source.job(),
          source.name(),
          trouble.path(),
          trouble.message());
    }
  }
}
