package io.waybill.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.Firing;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.store.Store;
import io.waybill.scheduler.store.StoreSettings;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KillIT {
  static final ScheduledJob JOB =
      ScheduledJob.of("tick", new Schedule.Every(Duration.ofSeconds(1)), ZoneId.of("Europe/Paris"));

  @TempDir Path folder;

  @Test
  void recoversTheSameRunExactlyOnceAfterEachKill() throws IOException, InterruptedException {
    Path file = folder.resolve("waybill");
    String killed = runUntilInTheMiddleAndKill(file);
    List<Firings> made = new ArrayList<>();
    try (Daemon daemon =
        new Daemon(
            file,
            Duration.ofMinutes(1),
            runs -> {
              made.add(new Firings(runs));
              return made.get(0);
            })) {
      Run dead = daemon.runs.find(killed).orElseThrow();
      assertThat(dead.state()).isEqualTo(RunState.RUNNING);
      assertThat(daemon.runs.isHeld(dead)).isFalse();
      daemon.scheduler.start();
      await().until(() -> daemon.runs.find(killed).orElseThrow().state().isFinished());
      await().until(() -> made.get(0).seen().size() >= 3);
      assertThat(daemon.scheduler.drain(Duration.ofSeconds(20))).isTrue();

      List<Firing> recoveries = made.get(0).seen().stream().filter(Firing::recovering).toList();
      assertThat(recoveries).hasSize(1);
      assertThat(recoveries.get(0).runId()).contains(killed);
      Run recovered = daemon.runs.find(killed).orElseThrow();
      assertThat(recovered.state()).isEqualTo(RunState.SUCCEEDED);
      assertThat(recovered.recovered()).isTrue();
      assertThat(recovered.token()).isEqualTo(dead.token() + 1);
      assertThat(daemon.runs.list(Optional.of("tick"), 1000))
          .extracting(Run::scheduledAt)
          .doesNotHaveDuplicates();
      List<Attempt> attempts = daemon.runs.attempts(killed);
      assertThat(attempts).hasSize(1);
      assertThat(attempts.get(0).state()).isEqualTo(AttemptState.RUNNING);
    }
  }

  @Test
  void refusesAStoreThatAnotherProcessOwns() throws IOException, InterruptedException {
    Path file = folder.resolve("waybill");
    Process daemon = start(file);
    try {
      awaitRun(daemon);
      assertThatThrownBy(() -> Store.open(StoreSettings.h2(file)).close())
          .isInstanceOf(SchedulerException.StoreOwned.class)
          .hasMessageContaining("a daemon or a run, owns")
          .hasMessageContaining("process " + daemon.pid());
    } finally {
      kill(daemon);
    }
  }

  private static String runUntilInTheMiddleAndKill(Path file)
      throws IOException, InterruptedException {
    Process daemon = start(file);
    try {
      return awaitRun(daemon);
    } finally {
      kill(daemon);
    }
  }

  private static Process start(Path file) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(
            java,
            "-cp",
            System.getProperty("java.class.path"),
            KilledDaemon.class.getName(),
            file.toString())
        .redirectError(ProcessBuilder.Redirect.to(new File(file + ".err")))
        .start();
  }

  private static String awaitRun(Process daemon) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(daemon.getInputStream(), StandardCharsets.UTF_8));
    String line = lines.readLine();
    while (line != null && !line.startsWith("RUN ")) {
      line = lines.readLine();
    }
    if (line == null) {
      throw new IllegalStateException("the daemon ended before its first run");
    }
    return line.substring(4);
  }

  private static void kill(Process daemon) throws InterruptedException {
    daemon.destroyForcibly().waitFor();
  }
}
