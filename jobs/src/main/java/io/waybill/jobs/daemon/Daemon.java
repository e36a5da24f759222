package io.waybill.jobs.daemon;

import io.waybill.Waybill;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.web.ControlApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running daemon. It owns the store, fires jobs, and answers on the control channel until {@link
 * #close} or a signal; then it fires nothing more, lets live runs end for a while, and ends those
 * that have not.
 */
public final class Daemon implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
  private static final Duration DRAIN = Duration.ofSeconds(20);
  private static final int TOKEN_BYTES = 32;

  private final Waybill waybill;
  private final DaemonLock lock;
  private final ControlApi api;
  private final Optional<JobFileReload> reload;
  private final Path file;
  private final String host;
  private final CountDownLatch end = new CountDownLatch(1);
  private boolean closed;
  private final Thread hook = new Thread(this::endBySignal, "waybill-signal");

  private Daemon(
      Waybill waybill,
      DaemonLock lock,
      ControlApi api,
      Optional<JobFileReload> reload,
      Path file,
      String host) {
    this.waybill = waybill;
    this.lock = lock;
    this.api = api;
    this.reload = reload;
    this.file = file;
    this.host = host;
  }

  /**
   * Opens the store, schedules the jobs, opens the control channel and writes its file. These jobs
   * stay as they are.
   *
   * @throws io.waybill.scheduler.SchedulerException.StoreOwned if another process has the store
   *     open, or another daemon the state directory
   * @throws IOException if the control channel's address or its file cannot be had
   */
  public static Daemon start(Configuration configuration, Waybill.Builder builder, Path file)
      throws IOException {
    return start(configuration, Optional.empty(), "", builder, file);
  }

  /**
   * Does the same for jobs that come from files, which are looked at again and again.
   *
   * @param configuration what the files say, with what the command line says of this daemon
   * @param files where it came from
   * @param version of this program, for those who ask
   * @throws io.waybill.scheduler.SchedulerException.StoreOwned if another process has the store
   *     open, or another daemon the state directory
   * @throws IOException if the control channel's address or its file cannot be had
   */
  public static Daemon start(
      Configuration configuration,
      JobFileSource files,
      String version,
      Waybill.Builder builder,
      Path file)
      throws IOException {
    return start(configuration, Optional.of(files), version, builder, file);
  }

  private static Daemon start(
      Configuration configuration,
      Optional<JobFileSource> files,
      String version,
      Waybill.Builder builder,
      Path file)
      throws IOException {
    byte[] random = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(random);
    String token = HexFormat.of().formatHex(random);
    Waybill waybill = builder.open();
    try {
      DaemonLock lock = DaemonLock.take(file);
      try {
        Optional<JobFileReload> reload = files.map(source -> new JobFileReload(source, waybill));
        DaemonStatus status = new DaemonStatus(waybill, reload, version);
        return start(configuration, waybill, lock, reload, status, token, file);
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      waybill.close();
      throw e;
    }
  }

  private static Daemon start(
      Configuration configuration,
      Waybill waybill,
      DaemonLock lock,
      Optional<JobFileReload> reload,
      DaemonStatus status,
      String token,
      Path file)
      throws IOException {
    Configuration.Daemon settings = configuration.daemon();
    ControlApi api =
        ControlApi.start(
            waybill, status, settings.listen().host(), settings.listen().port(), token);
    try {
      waybill.start();
      new DaemonFile(settings.listen().host(), api.port(), token, ProcessHandle.current().pid())
          .write(file);
      Daemon daemon = new Daemon(waybill, lock, api, reload, file, settings.listen().host());
      Runtime.getRuntime().addShutdownHook(daemon.hook);
      reload.ifPresent(JobFileReload::start);
      LOG.info(
          "event=daemon-started jobs={} address={}", configuration.jobs().size(), daemon.address());
      return daemon;
    } catch (IOException | RuntimeException e) {
      api.close();
      throw e;
    }
  }

  /** Returns where the control channel is, as {@code host:port}. */
  public String address() {
    return host + ":" + api.port();
  }

  public Waybill waybill() {
    return waybill;
  }

  /**
   * Has the job files read now, whether they have changed or not, by another thread; nothing if the
   * jobs did not come from files.
   */
  public void reload() {
    reload.ifPresent(JobFileReload::request);
  }

  /** Waits until a signal wants the daemon to end. */
  public void awaitEnd() throws InterruptedException {
    end.await();
  }

  private void endBySignal() {
    end.countDown();
    close();
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      LOG.info("event=daemon-ending live={} waits-at-most={}", waybill.liveRuns().size(), DRAIN);
      reload.ifPresent(JobFileReload::close);
      if (!waybill.drain(DRAIN)) {
        LOG.warn("event=runs-ended-early live={}", waybill.liveRuns());
      }
      api.close();
      waybill.close();
      try (lock) {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        LOG.warn("event=daemon-file-left file={}", file, e);
      }
      closed = true;
      LOG.info("event=daemon-ended");
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the signal's own hook brought us here
    }
  }
}
