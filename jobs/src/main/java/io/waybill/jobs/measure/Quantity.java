package io.waybill.jobs.measure;

import io.waybill.jobs.AnomalyPolicy;
import io.waybill.jobs.AnomalyPolicy.Reaction;
import java.util.OptionalLong;

/** Something that is measured of a run and compared with the runs before. */
enum Quantity {
  DURATION(false, 1_000) {
    @Override
    OptionalLong of(RunMeasure measure) {
      return OptionalLong.of(measure.durationMillis());
    }

    @Override
    Reaction reaction(AnomalyPolicy policy) {
      return policy.duration();
    }

    @Override
    String words(long value, long usual) {
      return "took " + Figures.time(value) + " instead of the usual " + Figures.time(usual);
    }
  },
  BYTES(true, 1_000) {
    @Override
    OptionalLong of(RunMeasure measure) {
      return OptionalLong.of(measure.bytes());
    }

    @Override
    Reaction reaction(AnomalyPolicy policy) {
      return policy.bytes();
    }

    @Override
    String words(long value, long usual) {
      return Figures.bytes(value) + " instead of the usual " + Figures.bytes(usual);
    }
  },
  FILES(true, 1) {
    @Override
    OptionalLong of(RunMeasure measure) {
      return OptionalLong.of(measure.files());
    }

    @Override
    Reaction reaction(AnomalyPolicy policy) {
      return policy.files();
    }

    @Override
    String words(long value, long usual) {
      return value + (value == 1 ? " file" : " files") + " instead of the usual " + usual;
    }
  },
  LATENCY(false, 50) {
    @Override
    OptionalLong of(RunMeasure measure) {
      return measure.latencyMillis();
    }

    @Override
    Reaction reaction(AnomalyPolicy policy) {
      return policy.latency();
    }

    @Override
    String words(long value, long usual) {
      return "a check took " + Figures.time(value) + " instead of the usual " + Figures.time(usual);
    }
  };

  private final boolean isTwoSided;
  private final double floor;

  /**
   * Makes one.
   *
   * @param isTwoSided whether less than usual is unusual, too
   * @param floor up to how much more than usual is nothing, however steady it was
   */
  Quantity(boolean isTwoSided, double floor) {
    this.isTwoSided = isTwoSided;
    this.floor = floor;
  }

  abstract OptionalLong of(RunMeasure measure);

  abstract Reaction reaction(AnomalyPolicy policy);

  abstract String words(long value, long usual);

  boolean isTwoSided() {
    return isTwoSided;
  }

  double floor() {
    return floor;
  }
}
