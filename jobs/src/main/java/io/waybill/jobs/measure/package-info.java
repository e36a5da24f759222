/** What runs have measured, and whether one is unlike the job's runs before. */
@NullMarked
package io.waybill.jobs.measure;

import org.jspecify.annotations.NullMarked;
