package io.waybill.transfer.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferProgress;
import io.waybill.transfer.TreeReceipt;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SyncTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private final ModelSide source = new ModelSide();
  private final ModelSide target = new ModelSide();

  private Sync sync(SyncOptions options) {
    return new Sync(source, target, options, InstantSource.fixed(NOW));
  }

  private Copier copying() {
    Copier copier = ModelSide.between(source, target);
    return (from, to, options) -> {
      synchronized (target) {
        return copier.copy(from, to, options);
      }
    };
  }

  @Test
  void aBaseThatCannotBeMadeIsSaidOnceAndIsTheEnd() {
    source.file("a", "x", NOW).file("d/b", "x", NOW);
    TransferException.Refused refused = new TransferException.Refused(0, false, "no room", null);
    Side absent =
        (Side)
            Proxy.newProxyInstance(
                Side.class.getClassLoader(),
                new Class<?>[] {Side.class},
                (proxy, method, arguments) -> {
                  switch (method.getName()) {
                    case "list" -> throw new TransferException.NotFound("base", "none", null);
                    case "makeDirectory" -> throw refused;
                    default -> {
                      return method.invoke(target, arguments);
                    }
                  }
                });
    SyncReceipt receipt =
        new Sync(source, absent, SyncOptions.defaults(), InstantSource.fixed(NOW)).run(copying());
    assertThat(receipt.failures()).containsExactly(new TreeReceipt.Failure("", refused));
    assertThat(receipt.isComplete()).isFalse();
    assertThat(target.nodes).isEmpty();
  }

  @Test
  void failedCopySuppressesTheDeletes() {
    source.file("bad", "x", NOW).file("good", "x", NOW);
    target.file("gone", "x", NOW);
    SyncReceipt receipt =
        sync(SyncOptions.builder().delete(true).build())
            .run(
                (from, to, options) -> {
                  if (from.equals("bad")) {
                    throw new TransferException.Refused(0, false, "no", null);
                  }
                  return copying().copy(from, to, options);
                });
    assertThat(target.nodes).containsOnlyKeys("good", "gone");
    assertThat(receipt.failures()).extracting(TreeReceipt.Failure::path).containsExactly("bad");
    assertThat(receipt.refusal().map(DeleteRefusal::reason))
        .contains(DeleteRefusal.Reason.COPY_FAILED);
    assertThat(receipt.isComplete()).isFalse();
    assertThat(receipt.counts().copied()).isEqualTo(1);
  }

  @Test
  void refusedLoginIsNotTriedForEachFile() {
    for (int i = 0; i < 50; i++) {
      source.file("f" + i, "x", NOW);
    }
    AtomicInteger tries = new AtomicInteger();
    SyncReceipt receipt =
        sync(SyncOptions.builder().parallel(1).build())
            .run(
                (from, to, options) -> {
                  tries.incrementAndGet();
                  throw new TransferException.Authentication("h:21", "u", "no", null);
                });
    assertThat(tries).hasValue(1);
    assertThat(receipt.failed()).isEqualTo(1);
  }

  @Test
  void failuresAreCountedAllAndToldInPart() {
    for (int i = 0; i < 250; i++) {
      source.file("f" + i, "x", NOW);
    }
    SyncReceipt receipt =
        sync(SyncOptions.defaults())
            .run(
                (from, to, options) -> {
                  throw new TransferException.NotFound(from, "gone", null);
                });
    assertThat(receipt.failed()).isEqualTo(250);
    assertThat(receipt.failures()).hasSize(TreeReceipt.MOST_TOLD);
  }

  @Test
  void severalAreCopiedAtOnce() {
    for (int i = 0; i < 8; i++) {
      source.file("f" + i, "x", NOW);
    }
    CountDownLatch allFour = new CountDownLatch(4);
    SyncReceipt receipt =
        sync(SyncOptions.defaults())
            .run(
                (from, to, options) -> {
                  allFour.countDown();
                  try {
                    assertThat(allFour.await(30, TimeUnit.SECONDS)).isTrue();
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                  return copying().copy(from, to, options);
                });
    assertThat(receipt.counts().copied()).isEqualTo(8);
  }

  @Test
  void mistakeInACopierIsThrownAndNothingIsDeleted() {
    source.file("f", "x", NOW);
    target.file("gone", "x", NOW);
    Sync sync = sync(SyncOptions.builder().delete(true).build());
    assertThatThrownBy(
            () ->
                sync.run(
                    (from, to, options) -> {
                      throw new IllegalStateException("mistake");
                    }))
        .hasMessage("mistake");
    assertThat(target.nodes).containsOnlyKeys("gone");
  }

  @Test
  void interruptEndsItBeforeAnythingIsDeleted() {
    source.file("f", "x", NOW);
    target.file("gone", "x", NOW);
    Thread.currentThread().interrupt();
    SyncReceipt receipt = sync(SyncOptions.builder().delete(true).build()).run(copying());
    assertThat(Thread.interrupted()).isTrue();
    assertThat(target.nodes).containsKey("gone");
    assertThat(receipt.refusal().map(DeleteRefusal::reason))
        .contains(DeleteRefusal.Reason.COPY_FAILED);
  }

  @Test
  void dryRunChangesNothing() {
    source.file("d/f", "x", NOW);
    target.file("gone", "x", NOW);
    SyncReceipt receipt =
        sync(SyncOptions.builder().delete(true).dryRun(true).build()).run(copying());
    assertThat(target.nodes).containsOnlyKeys("gone");
    assertThat(receipt.dryRun()).isTrue();
    assertThat(receipt.plan().actions()).hasSize(3);
    assertThat(receipt.counts().copied()).isZero();
  }

  @Test
  void whatWasSeenToDifferIsReplacedEvenIfItLooksEqual() {
    source.file("a", "x", NOW).file("b", "x", NOW);
    target.file("a", "y", NOW);
    Map<String, TargetPolicy> policies = new ConcurrentHashMap<>();
    sync(SyncOptions.builder().compare(SyncOptions.Compare.DIGEST).build())
        .run(
            (from, to, options) -> {
              policies.put(from, options.targetPolicy());
              return copying().copy(from, to, options);
            });
    assertThat(policies)
        .containsOnly(
            Map.entry("a", TargetPolicy.REPLACE), Map.entry("b", TargetPolicy.SKIP_EQUAL));
  }

  @Test
  void directoryThatIsNotEmptyAfterAllStays() {
    source.file("f", "x", NOW);
    target.file("old/x", "x", NOW);
    SyncPlan plan = sync(SyncOptions.builder().delete(true).build()).plan();
    target.file("old/arrived", "x", NOW);
    SyncReceipt receipt =
        sync(SyncOptions.builder().delete(true).build()).carryOut(plan, copying());
    assertThat(receipt.counts().directoriesKept()).isEqualTo(1);
    assertThat(receipt.isComplete()).isTrue();
    assertThat(target.nodes).containsOnlyKeys("f", "old", "old/arrived");
  }

  @Test
  void progressIsThatOfTheWhole() {
    source.file("a", "xxx", NOW).file("b", "xxxx", NOW);
    List<TransferProgress> told = Collections.synchronizedList(new ArrayList<>());
    sync(SyncOptions.builder().listener(told::add).build()).run(copying());
    TransferProgress last = told.get(told.size() - 1);
    assertThat(last.phase()).isEqualTo(TransferProgress.Phase.DONE);
    assertThat(last.bytes()).isEqualTo(7);
    assertThat(last.totalBytes()).isEqualTo(7);
    assertThat(last.tree()).contains(new TransferProgress.Tree(2, 2));
  }
}
