//! Rows as a table of columns, which engines that ask a fleet read.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{ConvertedType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;

use super::row::Row;

/// Rows of a group, which are held until it is written.
const GROUP: usize = 1 << 16;

/// A table that is being written.
pub(super) struct Table<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    rows: Vec<Row>,
}

/// A column: its name, and what a row has there.
enum Column {
    Text(&'static str, fn(&Row) -> &str),
    OptionalText(&'static str, fn(&Row) -> Option<&str>),
    Number(&'static str, fn(&Row) -> u32),
    OptionalNumber(&'static str, fn(&Row) -> Option<u32>),
    Flag(&'static str, fn(&Row) -> bool),
}

/// As `row::COLUMNS` names them, in that order.
const COLUMNS: [Column; 20] = [
    Column::Text("file", |row| &row.file),
    Column::OptionalText("address", |row| row.address.as_deref()),
    Column::Number("vendor", |row| row.vendor.into()),
    Column::Number("device", |row| row.device.into()),
    Column::OptionalNumber("subsystem_vendor", |row| row.subsystem_vendor.map(u32::from)),
    Column::OptionalNumber("subsystem_device", |row| row.subsystem_device.map(u32::from)),
    Column::Number("revision", |row| row.revision.into()),
    Column::Number("class", |row| row.class),
    Column::Number("size", |row| small(row.size)),
    Column::OptionalNumber("pasid", |row| row.pasid.map(u32::from)),
    Column::OptionalNumber("pasid_width", |row| row.pasid_width.map(u32::from)),
    Column::Flag("ats", |row| row.ats),
    Column::Flag("pri", |row| row.pri),
    Column::Flag("sriov", |row| row.sriov),
    Column::Number("dvsecs", |row| small(row.dvsecs)),
    Column::Number("odd", |row| small(row.odd)),
    Column::Number("gap_bytes", |row| small(row.gap_bytes)),
    Column::Number("largest_gap", |row| small(row.largest_gap)),
    Column::Number("live_bytes", |row| small(row.live_bytes)),
    Column::OptionalText("entry", |row| row.entry.as_deref()),
];

/// Counts of a space of 4096 bytes.
fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl Column {
    fn field(&self) -> Result<Type, ParquetError> {
        let (name, physical, kind, repetition) = match self {
            Self::Text(name, _) => (name, Physical::BYTE_ARRAY, ConvertedType::UTF8, Repetition::REQUIRED),
            Self::OptionalText(name, _) => (name, Physical::BYTE_ARRAY, ConvertedType::UTF8, Repetition::OPTIONAL),
            Self::Number(name, _) => (name, Physical::INT32, ConvertedType::UINT_32, Repetition::REQUIRED),
            Self::OptionalNumber(name, _) => (name, Physical::INT32, ConvertedType::UINT_32, Repetition::OPTIONAL),
            Self::Flag(name, _) => (name, Physical::BOOLEAN, ConvertedType::NONE, Repetition::REQUIRED),
        };
        Type::primitive_type_builder(name, physical).with_repetition(repetition).with_converted_type(kind).build()
    }

    fn write(&self, rows: &[Row], column: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let text = |text: &str| ByteArray::from(text.as_bytes().to_vec());
        match self {
            Self::Text(_, of) => {
                let values: Vec<_> = rows.iter().map(|row| text(of(row))).collect();
                column.typed::<ByteArrayType>().write_batch(&values, None, None)?;
            }
            Self::OptionalText(_, of) => {
                let values: Vec<_> = rows.iter().filter_map(|row| of(row).map(text)).collect();
                let present: Vec<_> = rows.iter().map(|row| i16::from(of(row).is_some())).collect();
                column.typed::<ByteArrayType>().write_batch(&values, Some(&present), None)?;
            }
            Self::Number(_, of) => {
                let values: Vec<_> = rows.iter().map(|row| of(row).cast_signed()).collect();
                column.typed::<Int32Type>().write_batch(&values, None, None)?;
            }
            Self::OptionalNumber(_, of) => {
                let values: Vec<_> = rows.iter().filter_map(|row| of(row).map(u32::cast_signed)).collect();
                let present: Vec<_> = rows.iter().map(|row| i16::from(of(row).is_some())).collect();
                column.typed::<Int32Type>().write_batch(&values, Some(&present), None)?;
            }
            Self::Flag(_, of) => {
                let values: Vec<_> = rows.iter().map(of).collect();
                column.typed::<BoolType>().write_batch(&values, None, None)?;
            }
        }
        Ok(())
    }
}

impl<W: Write + Send> Table<W> {
    pub(super) fn new(out: W) -> Result<Self, ParquetError> {
        let fields = COLUMNS.iter().map(|column| column.field().map(Arc::new)).collect::<Result<Vec<_>, _>>()?;
        let schema = Type::group_type_builder("functions").with_fields(fields).build()?;
        let properties = WriterProperties::builder().set_created_by("quirkc".to_owned()).build();
        let writer = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties))?;
        Ok(Self { writer, rows: Vec::new() })
    }

    pub(super) fn add(&mut self, rows: Vec<Row>) -> io::Result<()> {
        self.rows.extend(rows);
        while self.rows.len() >= GROUP {
            let rest = self.rows.split_off(GROUP);
            self.group().map_err(io_error)?;
            self.rows = rest;
        }
        Ok(())
    }

    /// Writes the rows that are there, whose number does not depend on who brought them.
    fn group(&mut self) -> Result<(), ParquetError> {
        let rows = std::mem::take(&mut self.rows);
        if rows.is_empty() {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        let mut columns = COLUMNS.iter();
        while let (Some(mut writer), Some(column)) = (group.next_column()?, columns.next()) {
            column.write(&rows, &mut writer)?;
            writer.close()?;
        }
        group.close()?;
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.group().map_err(io_error)?;
        let mut out = self.writer.into_inner().map_err(io_error)?;
        out.flush()
    }
}

fn io_error(error: ParquetError) -> io::Error {
    io::Error::other(error)
}
