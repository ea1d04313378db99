package portcullis.validity.schedule_test

import rego.v1

import data.portcullis.validity.schedule

cron_job(when) := {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "report"}, "spec": {"schedule": when}}

test_invalid_schedules_are_denied if {
	every when in [
		"", "0 3 * *", "0 0 3 * * *", "60 3 * * *", "0 24 * * *", "0 3 0 * *", "0 3 32 * *", "0 3 * 0 *", "0 3 * 13 *", "0 3 * * 7", "0 3 * * everyday",
		"0 5-3 * * *", "*/0 * * * *", "1-2-3 * * * *", "0 3 * mon *", "@sometimes", "x@daily", "@dailyx", "0/ 3 * * *", "a0 3 * * *", "000 3 * * *", "1,,2 * * * *", "*/5x * * * *", "00 3 00 * *",
	] {
		schedule.deny == {sprintf("CronJob \"report\" has the schedule %q, which is not valid", [when])} with input as cron_job(when)
	}
}

test_valid_schedules_are_accepted if {
	every when in [
		"* * * * *", "0 3 * * 1-5", "*/15 0-23/2 1,15 jan-MAR Sun", "59 23 31 12 6", "05 03 01 1 0", "0 3 ? * *", "00 00 1 1 *", "  0   3 * * * ",
		"@daily", "@every 1h30m", "@midnight", "09 08 07 * *", "7-7 * * * *",
	] {
		count(schedule.deny) == 0 with input as cron_job(when)
	}
}

test_a_time_zone_in_the_schedule_is_denied if {
	schedule.deny == {"CronJob \"report\" names a time zone in its schedule; write it in timeZone"} with input as cron_job("CRON_TZ=Europe/Berlin 0 3 * * *")
	count(schedule.deny) == 1 with input as cron_job("TZ=UTC 0 3 * * *")
}

test_other_kinds_have_schedules_of_their_own if {
	count(schedule.deny) == 0 with input as object.union(cron_job("never"), {"kind": "CronWorkflow"})
	count(schedule.deny) == 0 with input as object.union(cron_job("TZ=UTC never"), {"apiVersion": "example.com/v1"})
}
