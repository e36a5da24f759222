package io.waybill.jobs.trigger;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.Trigger;
import io.waybill.jobs.ledger.ItemLedger;
import io.waybill.jobs.ledger.Source;
import io.waybill.mail.inbox.MailLedger;
import io.waybill.scheduler.Scheduler;
import io.waybill.scheduler.store.Leases;
import io.waybill.scheduler.store.RunStore;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the sources of all enabled jobs of a configuration, each by one process of those that
 * share the store, and gives their runs what is found.
 */
public final class TriggerEngine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TriggerEngine.class);

  private final ItemLedger ledger;
  private final MailLedger mail;
  private final Leases leases;
  private final RunStore runs;
  private final StepServices services;
  private final List<SourceThread> threads = new ArrayList<>();

  /**
   * Prepares; nothing is watched yet.
   *
   * @param services with any connections
   */
  public TriggerEngine(
      ItemLedger ledger, MailLedger mail, Leases leases, RunStore runs, StepServices services) {
    this.ledger = ledger;
    this.mail = mail;
    this.leases = leases;
    this.runs = runs;
    this.services = services;
  }

  /** Returns the id under which the ledger has the source of a trigger of files or mail. */
  public static String sourceId(Trigger trigger) {
    return SourceId.of(trigger);
  }

  /** Watches what this configuration says, and nothing else. */
  public synchronized void watch(Configuration configuration, Scheduler scheduler) {
    close();
    Gate gate = new Gate(runs, scheduler);
    for (JobDefinition job : configuration.jobs()) {
      Watching watching =
          new Watching(job, services.with(configuration.connections()), ledger, mail, gate);
      List<String> kept = new ArrayList<>();
      for (Trigger trigger : job.triggers()) {
        if (!(trigger instanceof Trigger.JobEnds)) {
          Source source = new Source(job.name(), SourceId.of(trigger), SourceId.name(trigger));
          kept.add(source.id());
          if (job.enabled()) {
            threads.add(thread(watching, trigger, source, scheduler));
          }
        }
      }
      if (gate.isOpen()) {
        int forgotten = ledger.keepSources(job.name(), kept);
        if (forgotten > 0) {
          LOG.warn(
              "event=items-forgotten job={} items={} why=\"its file says no more where they were found\"",
              job.name(),
              forgotten);
        }
      }
    }
    threads.forEach(SourceThread::start);
  }

  private SourceThread thread(
      Watching watching, Trigger trigger, Source source, Scheduler scheduler) {
    return new SourceThread(
        source,
        () ->
            trigger instanceof Trigger.FilesArrive files
                ? new FileSource(watching, files, source, scheduler::wake)
                : new MailSource(watching, (Trigger.MailArrives) trigger, source, scheduler::wake),
        ledger,
        leases,
        watching.gate()::isOpen);
  }

  /** Has the sources of a job looked at soon: a run of it has ended, or its ledger was changed. */
  public synchronized void wake(String job) {
    threads.stream().filter(thread -> thread.job().equals(job)).forEach(SourceThread::wake);
  }

  /** Ends all watching. */
  @Override
  public synchronized void close() {
    threads.parallelStream().forEach(SourceThread::close);
    threads.clear();
  }
}
