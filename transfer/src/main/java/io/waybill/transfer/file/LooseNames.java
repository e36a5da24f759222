package io.waybill.transfer.file;

import java.time.InstantSource;
import java.util.Random;
import java.util.function.LongSupplier;

/**
 * Makes names for part files that nobody resumes. Each says since when there is one, so that a
 * sweep knows what was left.
 */
@FunctionalInterface
public interface LooseNames {
  /** Makes one, which no file should have so far. */
  PartName next(String targetName);

  /** Makes names of this moment with random ends; not safe for use by several threads. */
  static LooseNames random() {
    return of(InstantSource.system(), new Random()::nextLong);
  }

  /** Makes names of the clock's moment with the lowest 28 bits of a number. */
  static LooseNames of(InstantSource clock, LongSupplier numbers) {
    return target -> PartName.loose(target, clock.instant(), numbers.getAsLong());
  }
}
