package io.waybill.jobs.alert;

import io.waybill.jobs.AlertChannel.Address;
import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobException;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.log.SecretMask;
import io.waybill.jobs.step.WebRequestSender;
import io.waybill.scheduler.store.Ticker;
import io.waybill.transfer.TransferException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives somebody outside a sign of life again and again, while this process is well: who hears
 * nothing knows that nobody here tells him anything any more.
 */
public final class Heartbeat implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

  private static final Duration LOOK = Duration.ofMillis(500);

  private final Optional<Configuration.Heartbeat> settings;
  private final WebRequestSender web;
  private final CancelScope scope = new CancelScope();
  private final Ticker ticker = new Ticker("waybill-heartbeat");

  /**
   * Prepares.
   *
   * @param settings whom to give it to; nobody if it is empty
   */
  public Heartbeat(Optional<Configuration.Heartbeat> settings, StepServices services) {
    this.settings = settings;
    this.web = new WebRequestSender(services);
  }

  /**
   * Begins.
   *
   * @param trouble asked before each sign: why none is given; empty if all is well
   */
  public void start(Supplier<Optional<String>> trouble) {
    settings.ifPresent(
        each -> {
          long[] next = {System.nanoTime()}; // the ticker's thread alone looks at it
          ticker.every(
              LOOK,
              () -> {
                if (System.nanoTime() - next[0] >= 0) {
                  next[0] = System.nanoTime() + each.every().toNanos();
                  beat(each, trouble);
                }
              });
        });
  }

  private void beat(Configuration.Heartbeat to, Supplier<Optional<String>> trouble) {
    Optional<String> why = trouble.get();
    if (why.isPresent()) {
      LOG.error("event=heartbeat-withheld why=\"{}\"", why.get());
      return;
    }
    boolean isSecret = to.url() instanceof Address.Hidden;
    try {
      String url =
          to.url() instanceof Address.Hidden hidden
              ? hidden.url().get()
              : ((Address.Plain) to.url()).url();
      web.send(new WebRequestSender.Request(url, isSecret, Map.of(), Optional.empty()), scope);
    } catch (JobException | TransferException e) {
      LOG.warn(
          "event=heartbeat-failed why=\"{}\"",
          SecretMask.ofThisProcess().mask(String.valueOf(e.getMessage())));
    }
  }

  @Override
  public void close() {
    ticker.close();
    scope.cancel(CancelScope.Cause.SHUTDOWN);
  }
}
