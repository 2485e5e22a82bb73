//! Verbs on functions of a machine and of dumps that the tests make up: for QEMU, through sysfs, what a guest lacks.
#![expect(clippy::unwrap_used, reason = "tests")]

mod devices;
mod diff;
mod doctor;
mod doctor_examples;
mod doctor_guest;
mod doctor_page;
mod dumps;
mod fixture;
mod import;
mod map;
mod matching;
mod plan_live;
mod plan_near;
mod plan_page;
mod plan_qemu;
mod plan_qemu_tools;
mod plan_what_if;
mod policy_words;
mod report;
mod survey;
mod verify;
mod verify_facts;
