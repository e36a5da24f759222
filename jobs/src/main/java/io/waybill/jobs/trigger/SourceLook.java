package io.waybill.jobs.trigger;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobException;
import io.waybill.jobs.LedgerItem;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.Trigger;
import io.waybill.jobs.ledger.FoundItem;
import io.waybill.jobs.ledger.GivenItems;
import io.waybill.jobs.ledger.ItemLedger;
import io.waybill.jobs.ledger.Source;
import io.waybill.jobs.step.FileArrivals;
import io.waybill.jobs.step.MailArrivals;
import io.waybill.mail.inbox.MailLedger;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.store.Lease;
import io.waybill.scheduler.store.Leases;
import io.waybill.transfer.watch.Arrival;
import io.waybill.transfer.watch.WatchHandler;
import io.waybill.transfer.watch.WatchTrouble;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Looks at a job's sources once, for a run that somebody starts by hand. */
public final class SourceLook {
  private final ItemLedger ledger;
  private final MailLedger mail;
  private final Leases leases;
  private final StepServices services;

  public SourceLook(ItemLedger ledger, MailLedger mail, Leases leases, StepServices services) {
    this.ledger = ledger;
    this.mail = mail;
    this.leases = leases;
    this.services = services;
  }

  /**
   * What one source has for a run.
   *
   * @param lease by which nobody else gets it meanwhile
   */
  public record Ready(Trigger.Intake intake, String root, Lease lease, List<LedgerItem> items) {
    /** Returns what the run's payload says of it. */
    public GivenItems given() {
      return new GivenItems(root, items.size());
    }
  }

  /**
   * Looks at the sources in their order until one has something; if none has, returns what the
   * first has: nothing. Empty for a job that no files and no mail start.
   *
   * @throws JobException.AlreadyRunning if a daemon watches a source
   * @throws InterruptedException if the thread is to end
   */
  public Optional<Ready> once(JobDefinition job) throws InterruptedException {
    Optional<Ready> first = Optional.empty();
    for (Trigger trigger : job.triggers()) {
      if (trigger instanceof Trigger.JobEnds) {
        continue;
      }
      Ready ready = look(job, trigger);
      if (!ready.items().isEmpty()) {
        return Optional.of(ready);
      }
      first = first.or(() -> Optional.of(ready));
    }
    return first;
  }

  /** Gives a run what was found. */
  public void give(Run run, Ready ready) {
    ledger.giveTo(run, ready.lease(), ready.items(), ready.intake().quarantineAfter());
  }

  /** Lets a source go, so that others can watch it. */
  public void letGo(Ready ready) {
    leases.letGo(ready.lease());
  }

  private Ready look(JobDefinition job, Trigger trigger) throws InterruptedException {
    Source source = new Source(job.name(), SourceId.of(trigger), SourceId.name(trigger));
    Lease lease =
        leases
            .take(SourceId.lease(source))
            .orElseThrow(
                () ->
                    new JobException.AlreadyRunning(
                        "a daemon watches %s for job \"%s\" and gives it what comes"
                            .formatted(source.name(), job.name())));
    ledger.begin(source);
    return trigger instanceof Trigger.FilesArrive files
        ? new Ready(files.intake(), "files", lease, files(source, files, lease))
        : mail(source, (Trigger.MailArrives) trigger, lease);
  }

  private List<LedgerItem> files(Source source, Trigger.FilesArrive trigger, Lease lease)
      throws InterruptedException {
    Looks looks;
    try (FileArrivals arrivals = FileArrivals.open(trigger, services, new CancelScope())) {
      looks = new Looks(trigger, arrivals);
      arrivals.once(looks);
    }
    ledger.found(lease, source, looks.found);
    List<String> there = looks.found.stream().map(FoundItem::id).toList();
    return ledger.ready(source, trigger.intake().batch()).stream()
        .filter(item -> there.contains(item.key().id()))
        .toList();
  }

  private Ready mail(Source source, Trigger.MailArrives trigger, Lease lease) {
    MailArrivals arrivals =
        new MailArrivals(
            source.job(),
            trigger,
            services,
            mail,
            (place, item) -> ledger.found(lease, source, List.of(MailSource.item(place, item))));
    var unused = arrivals.poll(new CancelScope());
    return new Ready(
        trigger.intake(), "messages", lease, ledger.ready(source, trigger.intake().batch()));
  }

  /** Takes what one look finds. */
  private static final class Looks implements WatchHandler {
    private final Trigger.FilesArrive trigger;
    private final FileArrivals arrivals;
    private final List<FoundItem> found = new ArrayList<>();

    Looks(Trigger.FilesArrive trigger, FileArrivals arrivals) {
      this.trigger = trigger;
      this.arrivals = arrivals;
    }

    @Override
    public Collection<Arrival> arrived(List<Arrival> batch) throws InterruptedException {
      for (Arrival file : batch) {
        if (arrivals.takes(file)) {
          found.add(FileSource.item(trigger, arrivals, file));
        }
      }
      return List.of();
    }

    @Override
    public void trouble(WatchTrouble trouble) {
      boolean isOfAll =
          trouble.kind() == WatchTrouble.Kind.MISSING
              || trouble.kind() == WatchTrouble.Kind.UNREADABLE;
      if (isOfAll && trouble.path().isEmpty()) {
        throw new JobException.NotFound(trouble.message());
      }
    }
  }
}
