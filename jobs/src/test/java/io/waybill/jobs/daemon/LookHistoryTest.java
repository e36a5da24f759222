package io.waybill.jobs.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.config.JobFileWatch.Look;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LookHistoryTest {
  private static final Look OLD = look("old");
  private static final Look EMPTY = look("empty");
  private static final Look NEW = look("new");

  private final LookHistory history = new LookHistory(Optional.of(OLD));

  private static Look look(String digest) {
    return new Look(new TreeMap<>(Map.of("waybill.yml", digest)));
  }

  @Test
  void whatWasTakenIsNotReadAgain() {
    assertThat(history.isToBeRead(OLD)).isFalse();
    assertThat(history.isToBeRead(OLD)).isFalse();
  }

  @Test
  void whatHasLookedTheSameTwiceIsRead() {
    assertThat(history.isToBeRead(NEW)).isFalse();
    assertThat(history.isToBeRead(NEW)).isTrue();
  }

  @Test
  void aFileThatIsEmptyForAMomentIsNotRead() {
    assertThat(history.isToBeRead(EMPTY)).isFalse();
    assertThat(history.isToBeRead(NEW)).isFalse();
    assertThat(history.isToBeRead(NEW)).isTrue();
  }

  @Test
  void whatWasRefusedIsReadWhenItIsOtherAndNotBefore() {
    history.isToBeRead(NEW);
    assertThat(history.isToBeRead(NEW)).isTrue();
    history.judged(NEW);

    assertThat(history.isToBeRead(NEW)).isFalse();
    assertThat(history.isToBeRead(OLD)).isFalse();
    assertThat(history.isToBeRead(OLD)).isTrue();
  }

  @Test
  void whatTheStoreCouldNotTakeIsReadAtEachLookUntilItIsTaken() {
    history.isToBeRead(NEW);
    assertThat(history.isToBeRead(NEW)).isTrue();
    assertThat(history.isToBeRead(NEW)).isTrue();
  }

  @Test
  void whatChangedWhileItWasReadFirstIsReadOnceItHasSettled() {
    LookHistory unknown = new LookHistory(Optional.empty());

    assertThat(unknown.isToBeRead(OLD)).isFalse();
    assertThat(unknown.isToBeRead(OLD)).isTrue();
  }
}
