package io.waybill.jobs.ledger;

import java.util.Objects;

/**
 * What a trigger looks at for a job.
 *
 * @param id by which the ledger knows it, at most 64 characters
 * @param name what a person calls it
 */
public record Source(String job, String id, String name) {
  public Source {
    Objects.requireNonNull(job, "job");
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(name, "name");
  }
}
