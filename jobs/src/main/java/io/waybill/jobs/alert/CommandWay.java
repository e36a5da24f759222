package io.waybill.jobs.alert;

import io.waybill.jobs.Alert;
import io.waybill.jobs.AlertChannel;
import io.waybill.jobs.JobException;
import io.waybill.jobs.exec.Program;
import io.waybill.jobs.exec.ProgramEnd;
import io.waybill.jobs.exec.ProgramEnvironment;
import io.waybill.jobs.exec.ProgramInput;
import io.waybill.jobs.exec.ProgramRun;
import io.waybill.jobs.expression.DurationWords;
import io.waybill.jobs.json.AlertForm;
import io.waybill.jobs.json.Json;
import io.waybill.scheduler.FailureClass;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Tells by starting a program, which reads the alert from its standard input. */
final class CommandWay {
  private static final int MOST_OUTPUT = 64 << 10;
  private static final Duration GRACE = Duration.ofSeconds(5);

  /**
   * Runs it to its end.
   *
   * @throws JobException if it cannot be started, takes too long, or ends with another code than 0
   * @throws InterruptedException if this thread was interrupted; the program was ended then
   */
  Outcome send(Alert alert, AlertChannel.Command channel) throws InterruptedException {
    Program program =
        new Program(
            channel.command(),
            Path.of("").toAbsolutePath(),
            new ProgramEnvironment(List.of(), channel.environment(), channel.secretEnvironment()),
            new ProgramInput.Text(Json.write(AlertForm.sent(alert)) + "\n"));
    String mark = "alert/" + alert.id() + "/" + channel.name();
    ProgramEnd end = within(channel, new ProgramRun(program, mark, MOST_OUTPUT, GRACE));
    if (end.exitCode() != 0) {
      String last = end.err().last().isEmpty() ? end.out().last() : end.err().last();
      throw new JobException.Unsuccessful(
          FailureClass.TRANSIENT,
          "%s ended with exit code %d%s"
              .formatted(
                  program.name(),
                  end.exitCode(),
                  last.isEmpty() ? "" : "; its last words: " + last),
          null);
    }
    return new Outcome(Alert.State.SENT, "");
  }

  // an interrupt ends the program with all that it has started
  private static ProgramEnd within(AlertChannel.Command channel, ProgramRun run)
      throws InterruptedException {
    FutureTask<ProgramEnd> task = new FutureTask<>(() -> run.run(System.getenv()));
    Thread thread = new Thread(task, "waybill-alert-" + channel.name());
    thread.setDaemon(true);
    thread.start();
    boolean isOver = false;
    try {
      ProgramEnd end = task.get(channel.timeout().toMillis(), TimeUnit.MILLISECONDS);
      isOver = true;
      return end;
    } catch (TimeoutException e) {
      throw new JobException.TimedOut(
          "%s took longer than %s and was ended"
              .formatted(channel.command().get(0), DurationWords.of(channel.timeout())));
    } catch (ExecutionException e) {
      isOver = true;
      if (e.getCause() instanceof JobException failure) {
        throw failure;
      }
      throw new IllegalStateException("a program could not be run", e.getCause());
    } finally {
      if (!isOver) {
        thread.interrupt();
        thread.join(2 * GRACE.toMillis());
      }
    }
  }
}
