package io.waybill.jobs.alert;

import io.waybill.jobs.Alert;
import java.util.Objects;

/**
 * How an attempt to tell somebody went.
 *
 * @param message for a person, without secrets
 */
public record Outcome(Alert.State state, String message) {
  public Outcome {
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(message, "message");
  }
}
