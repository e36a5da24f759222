package io.waybill.jobs.run;

import io.waybill.jobs.ItemState;
import io.waybill.scheduler.FailureClass;
import java.util.Optional;

/**
 * How the work for an item ended, hooks and all.
 *
 * @param state succeeded, failed or unknown
 * @param failureClass of what failed first
 * @param message for a person; empty if there is nothing to say
 */
record ItemEnd(ItemState state, Optional<FailureClass> failureClass, String message) {
  static ItemEnd of(RunEnd end) {
    ItemState state =
        switch (end.state()) {
          case SUCCEEDED -> ItemState.SUCCEEDED;
          case UNKNOWN -> ItemState.UNKNOWN;
          default -> ItemState.FAILED;
        };
    return new ItemEnd(state, end.failureClass(), end.message());
  }
}
