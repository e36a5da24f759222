package io.waybill.jobs.probe;

import io.waybill.transfer.TransferException;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Does one step of a probe after the other until one fails, and tells of each as it ends. */
final class Steps {
  private final String endpoint;
  private final Consumer<ProbeStep> listener;
  private @Nullable RuntimeException failure;

  /** Prepares. */
  Steps(String endpoint, Consumer<ProbeStep> listener) {
    this.endpoint = endpoint;
    this.listener = listener;
  }

  /** Does one step and says what it found. */
  @FunctionalInterface
  interface Look {
    Map<String, Object> look() throws IOException;
  }

  /** Does one step, and puts down what it finds as it goes: that stays if it fails then. */
  @FunctionalInterface
  interface Noting {
    void look(Map<String, Object> facts) throws IOException;
  }

  /** Says in words what a step could not do. */
  @FunctionalInterface
  interface Words {
    String of(IOException e);
  }

  void step(String name, Look look) {
    step(name, look, e -> "%s: %s: %s".formatted(endpoint, name, e.getMessage()));
  }

  /** Does a step, unless one has failed. */
  void step(String name, Look look, Words words) {
    noting(name, facts -> facts.putAll(look.look()), words);
  }

  void noting(String name, Noting look) {
    noting(name, look, e -> "%s: %s: %s".formatted(endpoint, name, e.getMessage()));
  }

  /** Does a step, unless one has failed. */
  void noting(String name, Noting look, Words words) {
    if (failure != null) {
      return;
    }
    long begun = System.nanoTime();
    Map<String, Object> facts = new LinkedHashMap<>();
    try {
      look.look(facts);
    } catch (TransferException e) {
      failure = e;
    } catch (IOException e) {
      failure = new TransferException.Connection(endpoint, words.of(e), e);
    }
    listener.accept(
        new ProbeStep(name, Duration.ofNanos(System.nanoTime() - begun), facts, failure()));
  }

  /** Returns why the last step failed; empty if all went well. */
  Optional<RuntimeException> failure() {
    return Optional.ofNullable(failure);
  }
}
