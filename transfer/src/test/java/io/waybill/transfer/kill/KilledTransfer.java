package io.waybill.transfer.kill;

import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.RateLimit;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.TreeOptions;
import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.remote.RelayEnd;
import io.waybill.transfer.remote.RemoteRelay;
import io.waybill.transfer.sync.LocalSide;
import io.waybill.transfer.sync.RemoteSide;
import io.waybill.transfer.sync.Sync;
import io.waybill.transfer.sync.SyncOptions;
import io.waybill.transfer.sync.SyncReceipt;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A process that does one transfer: {@code WORK RATE FROM TO}; it is there to be killed. */
final class KilledTransfer {
  static final String BEGUN = "BEGUN";
  static final String COMPLETE = "COMPLETE";
  static final String RESUMED = "RESUMED ";
  static final String UNLIMITED = "off";

  private KilledTransfer() {}

  public static void main(String[] arguments) {
    List<String> words = Arrays.asList(arguments);
    RateLimit rate =
        words.get(1).equals(UNLIMITED) ? RateLimit.unlimited() : RateLimit.of(words.get(1));
    KillEnd from = KillEnd.of(words.subList(2, 5));
    KillEnd to = KillEnd.of(words.subList(5, 8));
    System.out.println(BEGUN);
    String failures =
        switch (KilledRun.Work.valueOf(words.get(0))) {
          case FILE -> file(from, to, rate);
          case TREE -> tree(from, to, rate);
          case SYNC -> sync(from, to, rate);
        };
    System.out.println(failures.isEmpty() ? COMPLETE : "FAILED " + failures);
  }

  private static String file(KillEnd from, KillEnd to, RateLimit rate) {
    TransferOptions usual = TransferOptions.defaults();
    TransferReceipt receipt;
    if (from.isHere()) {
      try (FileTransfer target = to.connect(rate)) {
        receipt = target.upload(Path.of(from.path()), to.path(), usual);
      }
    } else if (to.isHere()) {
      try (FileTransfer source = from.connect(rate)) {
        receipt = source.download(from.path(), Path.of(to.path()), usual);
      }
    } else {
      try (FileTransfer source = from.connect(rate);
          FileTransfer target = to.connect(rate)) {
        receipt =
            RemoteRelay.between((RelayEnd) source, (RelayEnd) target)
                .copy(from.path(), to.path(), usual);
      }
    }
    System.out.println(RESUMED + receipt.bytesResumed());
    return "";
  }

  private static String tree(KillEnd from, KillEnd to, RateLimit rate) {
    try (FileTransfer server = (from.isHere() ? to : from).connect(rate)) {
      TreeReceipt receipt =
          from.isHere()
              ? server.uploadTree(Path.of(from.path()), to.path(), TreeOptions.defaults())
              : server.downloadTree(from.path(), Path.of(to.path()), TreeOptions.defaults());
      return receipt.isComplete() ? "" : receipt.failures().toString();
    }
  }

  /** From here to a server, with what the source has not deleted there. */
  private static String sync(KillEnd from, KillEnd to, RateLimit rate) {
    AtomicLong resumed = new AtomicLong();
    try (FileTransfer target = to.connect(rate)) {
      SyncOptions options = SyncOptions.builder().delete(true).maxDelete(1000).build();
      Sync sync =
          new Sync(
              LocalSide.of(Path.of(from.path())),
              RemoteSide.of(target, to.path()),
              options,
              InstantSource.system());
      SyncReceipt receipt =
          sync.run(
              (source, path, each) -> {
                TransferReceipt one = target.upload(Path.of(source), path, each);
                resumed.addAndGet(one.bytesResumed());
                return one;
              });
      System.out.println(RESUMED + resumed);
      return receipt.isComplete() ? "" : receipt.failures() + " " + receipt.refusal();
    }
  }
}
