package io.waybill.jobs.step;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.JobException;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.mail.MailException;
import io.waybill.scheduler.FailureClass;
import io.waybill.transfer.TransferException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Carries out {@code check}: all at the same time, as one that is gone answers only by silence. */
final class CheckHandler implements StepHandler<CheckStep> {
  private static final Logger LOG = LoggerFactory.getLogger(CheckHandler.class);

  private final StepServices services;

  CheckHandler(StepServices services) {
    this.services = services;
  }

  /** One target, and what is known of it. */
  private record Look(CheckTarget target, CancelScope scope, Future<Map<String, Object>> facts) {}

  private record Failed(CheckTarget target, Throwable why) {
    @Override
    public String toString() {
      String message = why.getMessage();
      return "%s %s: %s"
          .formatted(target.kind(), target.name(), message == null ? why.toString() : message);
    }
  }

  @Override
  public StepResult execute(CheckStep step, StepCall call) throws InterruptedException {
    TargetCheck check = new TargetCheck(step, services);
    ExecutorService threads = threads(step.targets().size());
    List<Look> looks = new ArrayList<>();
    CancelScope.Registration registration =
        call.cancel().register(() -> endAll(looks, CancelScope.Cause.CANCELLED));
    try {
      for (CheckTarget target : step.targets()) {
        CancelScope scope = new CancelScope();
        Look look = new Look(target, scope, threads.submit(() -> check.look(target, scope)));
        synchronized (looks) {
          looks.add(look);
        }
      }
      return outcome(step, check, looks);
    } finally {
      registration.close();
      endAll(looks, CancelScope.Cause.TIMED_OUT);
      threads.shutdownNow();
    }
  }

  private static ExecutorService threads(int count) {
    Map<String, String> whose = MDC.getCopyOfContextMap();
    return Executors.newFixedThreadPool(
        count,
        task -> {
          Thread thread =
              new Thread(
                  () -> {
                    if (whose != null) {
                      MDC.setContextMap(whose);
                    }
                    task.run();
                  },
                  "waybill-check");
          thread.setDaemon(true); // a look-up of a name cannot be ended
          return thread;
        });
  }

  private static void endAll(List<Look> looks, CancelScope.Cause cause) {
    List<Look> all;
    synchronized (looks) {
      all = List.copyOf(looks);
    }
    all.forEach(look -> look.scope().cancel(cause));
  }

  private static StepResult outcome(CheckStep step, TargetCheck check, List<Look> looks)
      throws InterruptedException {
    long end = System.nanoTime() + step.within().toNanos();
    List<Map<String, Object>> seen = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    List<Failed> failed = new ArrayList<>();
    for (Look look : looks) {
      try {
        Map<String, Object> facts = facts(step, look, end);
        seen.add(facts);
        Optional<String> warning = check.lasting(facts);
        warning.ifPresent(
            what -> {
              String text = look.target().kind() + " " + look.target().name() + ": " + what;
              LOG.warn("event=check-warning text=\"{}\"", text);
              warnings.add(text);
            });
      } catch (ExecutionException e) {
        failed.add(new Failed(look.target(), e.getCause() == null ? e : e.getCause()));
      } catch (JobException e) {
        failed.add(new Failed(look.target(), e));
      }
    }
    if (!failed.isEmpty()) {
      throw failure(failed, looks.size());
    }
    Map<String, Object> outputs = new LinkedHashMap<>();
    outputs.put("targets", seen);
    outputs.put(
        "slowest", seen.stream().mapToLong(each -> (Long) each.get("millis")).max().orElse(0));
    outputs.put("warnings", warnings);
    return new StepResult(outputs, 0);
  }

  private static Map<String, Object> facts(CheckStep step, Look look, long end)
      throws InterruptedException, ExecutionException {
    try {
      return look.facts().get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      look.scope().cancel(CancelScope.Cause.TIMED_OUT);
      throw new JobException.TimedOut(
          "took longer than %d s; raise \"within\" if it may"
              .formatted(Math.max(1, step.within().toSeconds())));
    }
  }

  // The worst decides: a retry is of use only if each of them may pass.
  private static JobException failure(List<Failed> failed, int all) {
    Failed worst =
        failed.stream()
            .filter(each -> classOf(each.why()) != FailureClass.TRANSIENT)
            .findFirst()
            .orElse(failed.get(0));
    String each = String.join("; ", failed.stream().map(Failed::toString).toList());
    return new JobException.Unsuccessful(
        classOf(worst.why()),
        all == 1 ? each : "%d of %d failed: %s".formatted(failed.size(), all, each),
        worst.why() instanceof IOException e
            ? new TransferException.Connection(worst.target().name(), worst.toString(), e)
            : worst.why());
  }

  private static FailureClass classOf(Throwable why) {
    if (why instanceof JobException job) {
      return job.failureClass();
    }
    boolean mayPass =
        why instanceof IOException
            || (why instanceof TransferException transfer && transfer.isTransient())
            || (why instanceof MailException mail && mail.isTransient());
    return mayPass ? FailureClass.TRANSIENT : FailureClass.PERMANENT;
  }
}
